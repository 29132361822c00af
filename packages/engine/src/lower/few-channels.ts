/**
 * @file Convolutions between many channels and few: the first layer of a critic of images and the last of a generator.
 *
 * Blocked kernels read and write whole blocks of channels. Here a block is filled otherwise: with the residues of the
 * stride, with pixels next to each other, or with the taps of the kernel.
 */
import type { Node, Value } from "../graph/ir.js";
import { attributesOf, blockedConv, nchwExtents, viewed } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { geometryOf, result, type Extents } from "./geometry.js";
import { blockedImage, IOHW, NCHW, OIHW, PLAIN } from "./layout.js";
import { int, ints, type Lowering } from "./lowering.js";
import { divisible, type LoweringPolicy } from "./policy.js";
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
  return blocksOfTaps(context, flat, { inner, index });
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
