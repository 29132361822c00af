/**
 * @file Convolutions between many channels and few: the first layer of a critic of images and the last of a generator.
 *
 * Blocked kernels read and write whole blocks of channels. Here a block is filled otherwise: with the residues of the
 * stride, or with the taps of the kernel.
 */
import type { Node, Value } from "../graph/ir.js";
import { attributesOf, blockedConv, nchwExtents, viewed } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { geometryOf, result, type Extents } from "./geometry.js";
import { blockedImage, NCHW, OIHW, PLAIN } from "./layout.js";
import { int, ints, type Lowering } from "./lowering.js";
import { divisible } from "./policy.js";
import { outputPhases, type OutputPhase } from "./residues.js";

/** The residues of one convolution, as one convolution of stride 1 that sees what any of them sees. */
interface Window {
  readonly pads: readonly number[];
  readonly kernel: readonly [number, number];
  readonly extent: readonly [number, number];
}

function windowOf(phases: readonly OutputPhase[], small: readonly [number, number]): Window {
  const pads = [0, 1, 2, 3].map((side) => Math.max(...phases.map((phase) => phase.pads[side])));
  const { extent } = phases[0];
  const kernel = ([0, 1] as const).map((axis) => small[axis] + pads[axis] + pads[axis + 2] + 1 - extent[axis]);
  return { pads, kernel: kernel as [number, number], extent };
}

const phasesOf = (node: Node): OutputPhase[][] | undefined =>
  outputPhases(geometryOf(node), result(node).shape, node.inputs[0].shape);

/** Every residue of every channel is one channel of a block; the image is put together from them. */
export const fewOutputs: Candidate = {
  name: "few-outputs",
  applies(node, policy) {
    const [, , input, output] = node.inputs[1].shape as unknown as Extents;
    const [rows, columns] = geometryOf(node).strides;
    return divisible(policy, output) && rows * columns * input <= policy.block && phasesOf(node) !== undefined;
  },
  lower(node, context) {
    const [dy, filter] = node.inputs as [Value, Value];
    const { block } = context.policy;
    const phases = phasesOf(node) ?? [];
    const { shape } = result(node);
    const [n, height, width, channels] = shape as unknown as Extents;
    const [, h, w, inner] = dy.shape as unknown as Extents;
    const window = windowOf(phases.flat(), [h, w]);
    const y = blockedConv(context, {
      image: viewed(context, context.as(dy, blockedImage(block)), nchwExtents(dy.shape)),
      weights: viewed(context, residueFilter(context, { filter, phases, window }), [block, inner, ...window.kernel]),
      attributes: {
        strides: ints([1, 1]),
        dilations: ints([1, 1]),
        pads: ints(window.pads),
        kernel_shape: ints(window.kernel),
      },
    });
    const [rows, columns] = [phases.length, phases[0].length];
    const used = rows * columns * channels;
    const [eh, ew] = window.extent;
    const image = context.reshaped(y, [n, eh, ew, block]);
    const bounds = [[0], [used], [3]].map((values) => context.int64s(values));
    const filled = used === block ? image : context.emit({ op: "Slice", inputs: [image, ...bounds] });
    const apart = context.reshaped(filled, [n, eh, ew, rows, columns, channels]);
    const together = context.emit({ op: "Transpose", inputs: [apart], attributes: { perm: ints([0, 5, 1, 3, 2, 4]) } });
    const name = context.reshaped(together, [n, channels, height, width]);
    return [{ name, shape, dtype: "float32", layout: NCHW }];
  },
};

/** The filter `[1, O/b, kh, kw, b of O, residues and channels]` of the window: taps that a residue does not see are zero. */
function residueFilter(
  context: Lowering,
  { filter, phases, window }: { filter: Value; phases: readonly (readonly OutputPhase[])[]; window: Window },
): string {
  const { block } = context.policy;
  const [kh, kw, channels, inner] = filter.shape as unknown as Extents;
  const taps = channels * kh * kw;
  const index: number[] = [];
  for (let u = 0; u < window.kernel[0]; u++)
    for (let v = 0; v < window.kernel[1]; v++) {
      const seen = phases.flat().flatMap((phase) => {
        const row = phase.taps[0][u - window.pads[0] + phase.pads[0]] as number | undefined;
        const column = phase.taps[1][v - window.pads[1] + phase.pads[1]] as number | undefined;
        const isSeen = row !== undefined && column !== undefined;
        return Array.from({ length: channels }, (_, c) => (isSeen ? (c * kh + row) * kw + column : taps));
      });
      index.push(...seen, ...Array<number>(block - seen.length).fill(taps));
    }
  const flat = context.reshaped(context.as(filter, OIHW), [inner, taps]);
  const withZero = context.emit({ op: "Pad", inputs: [flat, context.int64s([0, 0, 0, 1])] });
  const picked = context.emit({
    op: "Gather",
    inputs: [withZero, context.int64s(index)],
    attributes: { axis: int(1) },
  });
  const blocks = context.reshaped(picked, [inner / block, block, index.length / block, block]);
  return context.emit({ op: "Transpose", inputs: [blocks], attributes: { perm: ints([0, 2, 1, 3]) } });
}

/** Blocks of taps up to which seeing them all at once pays. */
const MOST_BLOCKS = 8;

/**
 * The filter gradient by a product of what each tap sees `[N h w, taps]` with the output's gradient `[N h w, O]`. What the
 * taps see is a convolution with unit filters, which copies a value to each channel of a block.
 */
export const unitFilters: Candidate = {
  name: "unit-filters",
  applies(node, policy) {
    const [kh, kw, input] = result(node).shape as unknown as Extents;
    return policy.block > 0 && input < policy.block && kh * kw * input <= MOST_BLOCKS * policy.block;
  },
  lower(node, context) {
    const [x, dy] = node.inputs as [Value, Value];
    const { block } = context.policy;
    const { shape } = result(node);
    const [kh, kw, input, output] = shape as unknown as Extents;
    const [n, h, w] = dy.shape as unknown as Extents;
    const taps = kh * kw * input;
    const gradients = context.reshaped(context.plain(dy), [n * h * w, output]);
    const products: string[] = [];
    for (let first = 0; first < taps; first += block) {
      const seen = blockedConv(context, {
        image: context.as(x, NCHW),
        weights: unitFilter(context, { first, kh, kw, input }),
        attributes: attributesOf(geometryOf(node)),
      });
      const columns = context.reshaped(seen, [n * h * w, block]);
      products.push(context.emit({ op: "Gemm", inputs: [columns, gradients], attributes: { transA: int(1) } }));
    }
    const all =
      products.length === 1
        ? products[0]
        : context.emit({ op: "Concat", inputs: products, attributes: { axis: int(0) } });
    const bounds = [[0], [taps], [0]].map((values) => context.int64s(values));
    const rows = taps % block === 0 ? all : context.emit({ op: "Slice", inputs: [all, ...bounds] });
    return [{ name: context.reshaped(rows, shape), shape, dtype: "float32", layout: PLAIN }];
  },
};

/** Channel t of `[b, I, kh, kw]` in blocks copies what tap `first + t` sees, taps counted as in a filter HWI. */
function unitFilter(
  context: Lowering,
  { first, kh, kw, input }: { first: number; kh: number; kw: number; input: number },
): string {
  const { block } = context.policy;
  // In memory [1, I, kh, kw, b]
  const data = new Float32Array(input * kh * kw * block);
  for (let t = 0; t < block && first + t < kh * kw * input; t++) {
    const tap = first + t;
    const [place, channel] = [Math.floor(tap / input), tap % input];
    data[(channel * kh * kw + place) * block + t] = 1;
  }
  return context.initializer({ dtype: "float32", shape: [block, input, kh, kw], data });
}
