/**
 * @file The filter gradient as one blocked convolution: rows of the images are its kernel, columns of all samples its input
 * channels.
 *
 *     dw[s q + p, v] = sum over r, c of  x[s r + p, t c + v] dy[r - q, c]        (s, t: strides; r, q: rows; c: columns of all samples)
 *
 * is over r a correlation of one kernel, row residues and columns v apart, with an image as high as dy, of which every channel of
 * dy is a column. So each number of the images is copied kw / t times, where products of what the taps see copy it kh kw / (s t) times, and
 * blocked convolutions reach 400 GFLOPS where products with a transposed operand reach 280.
 */
import type { Node, Value } from "../graph/ir.js";
import type { Geometry } from "../trace/kernels/convolution.js";
import { blockedConv } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { columnsIn, columnsOf } from "./columns.js";
import { POINT, geometryOf, result, wholeCells, type Extents } from "./geometry.js";
import { blockedFilter, blockedImage } from "./layout.js";
import { int, ints, type Lowering } from "./lowering.js";
import { padColumns, type PaddedImage } from "./pad.js";
import { divisible } from "./policy.js";
import { MOST_ROWS, pickRows } from "./rows.js";
import { transposedBlocks } from "./turned-filter.js";

/** Residues of the row stride that have equally many taps. */
interface Residues {
  readonly residues: readonly number[];
  readonly taps: number;
}

/** At most two: of a 3x3 kernel with stride 2, residue 0 has two rows of taps and residue 1 has one. */
function residuesOf({ strides, kernel }: Geometry): Residues[] {
  const all = Array.from({ length: Math.min(strides[0], kernel[0]) }, (_, p) => p);
  const tapsOf = (residue: number): number => Math.ceil((kernel[0] - residue) / strides[0]);
  return [...new Set(all.map(tapsOf))].map((taps) => ({ residues: all.filter((p) => tapsOf(p) === taps), taps }));
}

/** Rows of numbers that the kernel of one convolution is made of. */
const rowsOfKernel = (node: Node, { residues, taps }: Residues, block: number): number => {
  const [, kw, input] = result(node).shape as unknown as Extents;
  const dy = node.inputs[1].shape as unknown as Extents;
  return (kw * residues.length * input * columnsIn(dy, block) * (dy[1] + taps - 1)) / block;
};

export const columnChannels: Candidate = {
  name: "column-channels",
  applies(node, policy) {
    const geometry = geometryOf(node);
    const [, , input, output] = result(node).shape as unknown as Extents;
    return (
      divisible(policy, input, output) &&
      geometry.dilations[0] === 1 &&
      residuesOf(geometry).every((residues) => rowsOfKernel(node, residues, policy.block) <= MOST_ROWS)
    );
  },
  yields(node, { block }) {
    const geometry = geometryOf(node);
    const cells = geometry.strides.some((stride) => stride > 1) && wholeCells(geometry);
    // Of few samples the image with samples as channels is made faster.
    return node.inputs[0].shape[0] < block && !cells;
  },
  lower(node, context) {
    const { block } = context.policy;
    const { shape } = result(node);
    const groups = residuesOf(geometryOf(node));
    const [x, dy] = node.inputs as [Value, Value];
    const missing = columnsIn(dy.shape, block) > dy.shape[0] * dy.shape[2];
    const padded = padColumns(context, x, { pads: geometryOf(node).pads, zero: missing });
    const image = columnsOf(context, context.as(dy, blockedImage(block)), dy.shape as unknown as Extents);
    const gradients = groups.map((group) => slideRows(node, context, { group, image, padded }));
    const all =
      gradients.length === 1
        ? gradients[0]
        : context.emit({ op: "Concat", inputs: gradients, attributes: { axis: int(0) } });
    const [kh, kw, input, output] = shape as unknown as Extents;
    const picked = pickRows(context, {
      source: all,
      rows: (kh * kw * input * output) / block ** 2,
      width: block ** 2,
      rule: `filter ${shape.join("x")} of residues ${JSON.stringify(groups)}, blocks of ${block}`,
      index: () => orderOfBlocks(shape as unknown as Extents, { groups, strides: geometryOf(node).strides, block }),
    });
    const name = context.reshaped(picked, [output / block, input / block, kh, kw, block, block]);
    return [{ name, shape, dtype: "float32", layout: blockedFilter(block) }];
  },
};

/** @returns the name of the gradient `[kw, residues, I/b, taps, O/b]` of blocks `[b of I, b of O]`, the last tap first */
function slideRows(
  node: Node,
  context: Lowering,
  { group, image, padded }: { group: Residues; image: string; padded: PaddedImage },
): string {
  const { block } = context.policy;
  const { residues, taps } = group;
  const geometry = geometryOf(node);
  const [x, dy] = node.inputs;
  const [, kw, input, output] = result(node).shape as unknown as Extents;
  const [n, h, w] = dy.shape as unknown as Extents;
  const weights = pickRows(context, {
    source: padded.name,
    rows: ((n * input) / block) * x.shape[1] * padded.width,
    width: block,
    rule: `rows of ${x.shape.join("x")} ${JSON.stringify({ ...geometry, ...group })} for ${h}x${w}, blocks of ${block}`,
    index: () =>
      kernelRows({ x: x.shape as unknown as Extents, dy: [n, h, w, output], geometry, group, padded, block }),
  });
  const many = kw * residues.length * input;
  const y = blockedConv(context, {
    image,
    weights: context.reshaped(weights, [many, columnsIn(dy.shape, block), h + taps - 1, 1]),
    attributes: {
      ...POINT,
      pads: ints([taps - 1, 0, taps - 1, 0]),
      kernel_shape: ints([h + taps - 1, 1]),
    },
  });
  return transposedBlocks(context, y, (many * taps * output) / block ** 2);
}

/** Where the kernel `[kw, residues, I/b, N w / b, rows, b of N w]` is copied from: pixels of a block of channels. */
function kernelRows({
  x: [n, height, , input],
  dy: [, h, w],
  geometry: { strides, dilations, pads, kernel },
  group: { residues, taps },
  padded: { width, zero },
  block,
}: {
  x: Extents;
  dy: Extents;
  geometry: Geometry;
  group: Residues;
  padded: PaddedImage;
  block: number;
}): Int32Array {
  const [blocks, rows] = [input / block, h + taps - 1];
  const columns = columnsIn([n, h, w], block);
  const data = new Int32Array(kernel[1] * residues.length * blocks * columns * rows);
  let at = 0;
  for (let v = 0; v < kernel[1]; v++)
    for (const residue of residues)
      for (let c = 0; c < blocks; c++)
        for (let first = 0; first < columns; first += block)
          for (let r = 0; r < rows; r++) {
            const y = strides[0] * r + residue - pads[0];
            const within = y >= 0 && y < height;
            for (let column = first; column < first + block; column++) {
              const place = strides[1] * (column % w) + v * dilations[1];
              const seen = within && column < n * w;
              data[at++] = seen ? ((Math.floor(column / w) * blocks + c) * height + y) * width + place : zero;
            }
          }
  return data;
}

/** Where the blocks of a filter `[O/b, I/b, kh, kw]` are in what the convolutions give. */
function orderOfBlocks(
  [kh, kw, input, output]: Extents,
  { groups, strides, block }: { groups: readonly Residues[]; strides: readonly number[]; block: number },
): Int32Array {
  const [I, O] = [input / block, output / block];
  const data = new Int32Array(O * I * kh * kw);
  let from = 0;
  for (const { residues, taps } of groups)
    for (let v = 0; v < kw; v++)
      for (const residue of residues)
        for (let i = 0; i < I; i++)
          for (let q = taps - 1; q >= 0; q--)
            for (let o = 0; o < O; o++) data[((o * I + i) * kh + strides[0] * q + residue) * kw + v] = from++;
  return data;
}
