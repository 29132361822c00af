/**
 * @file Convolutions between many channels and few: the first layer of a critic of images and the last of a generator.
 *
 * Blocked kernels read and write whole blocks of channels. Here a block is filled otherwise: with pixels
 * next to each other, or with the taps of the kernel.
 */
import type { Node, Value } from "../graph/ir.js";
import { attributesOf, blockedConv, nchwExtents, viewed } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { POINT, geometryOf, result, type Extents } from "./geometry.js";
import { blockedImage, IOHW, NCHW, OIHW, PLAIN } from "./layout.js";
import { int, ints, type Lowering } from "./lowering.js";
import { divisible, type LoweringPolicy } from "./policy.js";
import { outputPhases, type OutputPhase } from "./residues.js";
import { pickRows } from "./rows.js";

/** What the residues of one convolution see together. */
interface Window {
  readonly pads: readonly number[];
  readonly kernel: readonly [number, number];
}

function windowOf(phases: readonly OutputPhase[], small: readonly [number, number]): Window {
  const pads = [0, 1, 2, 3].map((side) => Math.max(...phases.map((phase) => phase.pads[side])));
  const { extent } = phases[0];
  const kernel = ([0, 1] as const).map((axis) => small[axis] + pads[axis] + pads[axis + 2] + 1 - extent[axis]);
  return { pads, kernel: kernel as [number, number] };
}

const phasesOf = (node: Node): OutputPhase[][] | undefined =>
  outputPhases(geometryOf(node), result(node).shape, node.inputs[0].shape);

/** Rows and columns of pixels that fill a block and tile the image, as square as can be; undefined where none do. */
function tileOf(node: Node, { block }: LoweringPolicy): readonly [number, number] | undefined {
  const [, height, width] = result(node).shape as unknown as Extents;
  const { strides } = geometryOf(node);
  const tiles = Array.from({ length: block }, (_, i): readonly [number, number] => [i + 1, block / (i + 1)]).filter(
    ([rows, columns]) =>
      Number.isInteger(columns) &&
      [rows, height].every((extent) => extent % strides[0] === 0) &&
      [columns, width].every((extent) => extent % strides[1] === 0) &&
      height % rows === 0 &&
      width % columns === 0,
  );
  return tiles.sort((a, b) => Math.max(...a) - Math.max(...b) || a[0] - b[0])[0];
}

/**
 * The input gradient of few channels, which is the last layer of a generator: first what each tap makes of each pixel, a
 * convolution of one tap of which the taps are the channels; then the sums of what meets in a pixel of the result, a convolution by a
 * fixed filter of zeros and ones of which the pixels of a tile are the channels.
 */
export const fewOutputs: Candidate = {
  name: "few-outputs",
  applies(node, policy) {
    const [kh, kw, input, output] = node.inputs[1].shape as unknown as Extents;
    return (
      divisible(policy, output) &&
      input < policy.block &&
      kh * kw <= policy.block &&
      phasesOf(node) !== undefined &&
      tileOf(node, policy) !== undefined
    );
  },
  // Without a stride more taps meet in a pixel, and the kernel that makes columns takes as long.
  yields: (node) => geometryOf(node).strides.every((stride) => stride === 1),
  lower(node, context) {
    const [dy, filter] = node.inputs as [Value, Value];
    const { block } = context.policy;
    const { shape } = result(node);
    const [n, height, width, channels] = shape as unknown as Extents;
    const [, h, w, inner] = dy.shape as unknown as Extents;
    const tile = tileOf(node, context.policy) ?? [1, 1];
    const { strides, kernel } = geometryOf(node);
    const phases = phasesOf(node) ?? [];
    const window = windowOf(phases.flat(), [h, w]);
    const cells = [tile[0] / strides[0], tile[1] / strides[1]];
    const seen = [window.kernel[0] + cells[0] - 1, window.kernel[1] + cells[1] - 1];
    const made = blockedConv(context, {
      image: viewed(context, context.as(dy, blockedImage(block)), nchwExtents(dy.shape)),
      weights: context.reshaped(tapFilter(context, filter), [channels * block, inner, 1, 1]),
      attributes: POINT,
    });
    const tiles = blockedConv(context, {
      image: context.reshaped(made, [n * channels, block, h, w]),
      weights: context.constant(
        `tiles ${tile.join("x")} of ${JSON.stringify({ strides, kernel, phases, window })}, blocks of ${block}`,
        () => ({
          dtype: "float32",
          shape: [block, block, ...seen],
          data: sums({ phases, window, tile, seen, strides, kernel }),
        }),
      ),
      attributes: { strides: ints(cells), dilations: ints([1, 1]), pads: ints(window.pads), kernel_shape: ints(seen) },
    });
    const [rows, columns] = [(n * channels * height) / tile[0], width / tile[1]];
    const pixels = pickRows(context, {
      source: tiles,
      rows: rows * columns * tile[0],
      width: tile[1],
      rule: `tiles ${tile.join("x")} of ${rows} rows of ${columns}`,
      index: () =>
        Int32Array.from({ length: rows * tile[0] * columns }, (_, i) => {
          const [line, column] = [Math.floor(i / columns), i % columns];
          return (Math.floor(line / tile[0]) * columns + column) * tile[0] + (line % tile[0]);
        }),
    });
    return [{ name: context.reshaped(pixels, [n, channels, height, width]), shape, dtype: "float32", layout: NCHW }];
  },
};

/** The filter `[I, O/b, b of O, taps]` of what each tap makes of a pixel; a block has a place for each tap, the others are zero. */
function tapFilter(context: Lowering, filter: Value): string {
  const { block } = context.policy;
  const [kh, kw, channels, inner] = filter.shape as unknown as Extents;
  const taps = kh * kw;
  const index = Array.from({ length: channels * block }, (_, place) =>
    place % block < taps ? Math.floor(place / block) * taps + (place % block) : channels * taps,
  );
  const flat = context.reshaped(context.as(filter, OIHW), [inner, channels * taps]);
  const blocks = context.reshaped(pickedTaps(context, flat, index), [inner, channels, block]);
  return context.emit({ op: "Transpose", inputs: [blocks], attributes: { perm: ints([1, 0, 2]) } });
}

/** The filter `[1, 1, rows, columns, taps, pixels of a tile]`: one where what a tap makes of a pixel belongs to another. */
function sums({
  phases,
  window,
  tile,
  seen,
  strides,
  kernel,
}: {
  phases: readonly (readonly OutputPhase[])[];
  window: Window;
  tile: readonly number[];
  seen: readonly number[];
  strides: readonly number[];
  kernel: readonly number[];
}): Float32Array {
  const block = tile[0] * tile[1];
  const data = new Float32Array(seen[0] * seen[1] * block * block);
  for (let y = 0; y < tile[0]; y++)
    for (let x = 0; x < tile[1]; x++) {
      const phase = phases[y % strides[0]][x % strides[1]];
      const first = [y / strides[0], x / strides[1]].map(
        (cell, axis) => Math.floor(cell) + window.pads[axis] - phase.pads[axis],
      );
      phase.taps[0].forEach((row, u) =>
        phase.taps[1].forEach((column, v) => {
          const place = (first[0] + u) * seen[1] + first[1] + v;
          data[(place * block + row * kernel[1] + column) * block + y * tile[1] + x] = 1;
        }),
      );
    }
  return data;
}

/** How many pixels next to each other fill a block, of an image with few channels; 0 where the kernel does not allow it. */
function neighboursIn(node: Node, { block }: LoweringPolicy): number {
  const { dilations, kernel } = geometryOf(node);
  const [, , width, channels] = result(node).shape as unknown as Extents;
  if (dilations[1] !== 1 || kernel[1] === 1) return 0;
  for (let pixels = Math.floor(block / channels); pixels > 0; pixels--) if (width % pixels === 0) return pixels;
  return 0;
}

/** Some pixels of a row, with their few channels, are the channels of one wide pixel: a block that is nearly full. */
export const neighbours: Candidate = {
  name: "neighbours",
  applies(node, policy) {
    const [, , input] = node.inputs[1].shape as unknown as Extents;
    return divisible(policy, input) && neighboursIn(node, policy) > 0;
  },
  lower(node, context) {
    const [x, filter] = node.inputs as [Value, Value];
    const { block } = context.policy;
    const geometry = geometryOf(node);
    const { strides, kernel } = geometry;
    const { shape } = result(node);
    const [n, height, width, channels] = shape as unknown as Extents;
    const pixels = neighboursIn(node, context.policy);
    const wide = [kernel[0], kernel[1] + (pixels - 1) * strides[1]];
    const y = blockedConv(context, {
      image: viewed(context, context.as(x, blockedImage(block)), nchwExtents(x.shape)),
      weights: viewed(context, wideFilter(context, { filter, pixels, stride: strides[1] }), [
        block,
        x.shape[3],
        ...wide,
      ]),
      attributes: attributesOf({
        ...geometry,
        strides: [strides[0], pixels * strides[1]],
        kernel: wide as [number, number],
      }),
    });
    const used = pixels * channels;
    const image = context.reshaped(y, [n, height, width / pixels, block]);
    const bounds = [[0], [used], [3]].map((values) => context.int64s(values));
    const filled = used === block ? image : context.emit({ op: "Slice", inputs: [image, ...bounds] });
    return [{ name: context.reshaped(filled, shape), shape, dtype: "float32", layout: PLAIN }];
  },
};

/** The filter `[1, I/b, kh, wide kw, b of I, pixels and channels]`: for each pixel the taps begin a stride further on. */
function wideFilter(
  context: Lowering,
  { filter, pixels, stride }: { filter: Value; pixels: number; stride: number },
): string {
  const { block } = context.policy;
  const [kh, kw, inner, channels] = filter.shape as unknown as Extents;
  const taps = channels * kh * kw;
  const index: number[] = [];
  for (let row = 0; row < kh; row++)
    for (let column = 0; column < kw + (pixels - 1) * stride; column++)
      for (let place = 0; place < block; place++) {
        const tap = column - Math.floor(place / channels) * stride;
        const seen = place < pixels * channels && tap >= 0 && tap < kw;
        index.push(seen ? ((place % channels) * kh + row) * kw + tap : taps);
      }
  const flat = context.reshaped(context.as(filter, IOHW), [inner, taps]);
  return blocksOfTaps(context, flat, { inner, index });
}

/** Picks taps of `[I, taps]`, one more of which is zero, for each place of a block: `[I/b, places / b, b of I, b]`. */
function blocksOfTaps(
  context: Lowering,
  flat: string,
  { inner, index }: { inner: number; index: readonly number[] },
): string {
  const { block } = context.policy;
  const blocks = context.reshaped(pickedTaps(context, flat, index), [
    inner / block,
    block,
    index.length / block,
    block,
  ]);
  return context.emit({ op: "Transpose", inputs: [blocks], attributes: { perm: ints([0, 2, 1, 3]) } });
}

/** Columns of `[I, taps]`, one more of which is zero. */
function pickedTaps(context: Lowering, flat: string, index: readonly number[]): string {
  const withZero = context.emit({ op: "Pad", inputs: [flat, context.int64s([0, 0, 0, 1])] });
  return context.emit({ op: "Gather", inputs: [withZero, context.int64s(index)], attributes: { axis: int(1) } });
}
