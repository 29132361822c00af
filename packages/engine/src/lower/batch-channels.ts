/**
 * @file The filter gradient as one blocked convolution: the output's gradient is a filter as large as an image and slides
 * over the images, whose samples are the input channels. An image of one sample lies in memory as such a filter does.
 *
 * Products of what each tap sees copy the image for each tap.
 */
import type { Node, Value } from "../graph/ir.js";
import { blockedConv, viewed } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { geometryOf, result, wholeCells, type Extents } from "./geometry.js";
import {
  CNHW,
  NCHW,
  blockedBatch,
  blockedBatchAndChannels,
  blockedImage,
  blockedInputLast,
  blockedOutputLast,
} from "./layout.js";
import { ints, type Lowering, type Placed } from "./lowering.js";
import { padBlocked, padPixels } from "./pad.js";
import { divisible, type LoweringPolicy } from "./policy.js";

/** Which side is slid over; undefined where the samples neither fit into a block nor fill some. */
function sideSlidOver(node: Node, policy: LoweringPolicy): "input" | "output" | undefined {
  const { strides, dilations, pads, kernel } = geometryOf(node);
  const [, , input, output] = result(node).shape as unknown as Extents;
  const [samples] = node.inputs[0].shape;
  if (samples >= policy.block && !divisible(policy, samples)) return undefined;
  if (divisible(policy, output)) return "input";
  // The output's gradient would have to be spread by the stride, and cut where the padding is wider than the kernel.
  const slides = pads.every((pad, side) => pad <= dilations[side % 2] * (kernel[side % 2] - 1));
  const dense = strides.every((stride) => stride === 1);
  return divisible(policy, input) && dense && slides ? "output" : undefined;
}

export const batchChannels: Candidate = {
  name: "batch-channels",
  applies: (node, policy) => sideSlidOver(node, policy) !== undefined,
  yields(node, { block }) {
    const geometry = geometryOf(node);
    const { strides, kernel } = geometry;
    const [, , input] = result(node).shape as unknown as Extents;
    const point = kernel.every((taps) => taps === 1);
    // Of whole cells there are few products; of few channels what all taps see is one image.
    const cells = strides.some((stride) => stride > 1) && wholeCells(geometry);
    return point || (node.inputs[0].shape[0] >= block && (cells || input < block));
  },
  lower: (node, context) => [
    sideSlidOver(node, context.policy) === "input" ? overInput(node, context) : overOutput(node, context),
  ],
};

/** The output's gradient slides over the images; strides have become dilations. */
function overInput(node: Node, context: Lowering): Placed {
  const [x, dy] = node.inputs as [Value, Value];
  const { strides, dilations, pads, kernel } = geometryOf(node);
  const { shape } = result(node);
  const full = slide(context, { over: x, pads, by: dy, strides: dilations, dilations: strides });
  // Rows and columns that the strided convolution did not look at give taps past the kernel.
  const bounds = [[0, 0], kernel, [2, 3]].map((values) => context.int64s(values));
  const name = context.emit({ op: "Slice", inputs: [full, ...bounds] });
  return { name, shape, dtype: "float32", layout: blockedOutputLast(context.policy.block) };
}

/** The images slide over the output's gradient: the last tap comes out first. */
function overOutput(node: Node, context: Lowering): Placed {
  const [x, dy] = node.inputs as [Value, Value];
  const { dilations, pads, kernel } = geometryOf(node);
  const { shape } = result(node);
  const around = pads.map((pad, side) => dilations[side % 2] * (kernel[side % 2] - 1) - pad);
  const reversed = slide(context, { over: dy, pads: around, by: x, strides: dilations, dilations: [1, 1] });
  const bounds = [[-1, -1], kernel.map((taps) => -taps - 1), [2, 3], [-1, -1]].map((values) => context.int64s(values));
  const name = context.emit({ op: "Slice", inputs: [reversed, ...bounds] });
  return { name, shape, dtype: "float32", layout: blockedInputLast(context.policy.block) };
}

interface Slide {
  /** The image that is slid over, and what is put around it. */
  readonly over: Value;
  readonly pads: readonly number[];
  /** The image that slides, of whole blocks of channels. */
  readonly by: Value;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** @returns `[channels of over, channels of by / b, rows, columns, b]` */
function slide(context: Lowering, { over, pads, by, strides, dilations }: Slide): string {
  const { block } = context.policy;
  const [n, height, width, channels] = over.shape as unknown as Extents;
  const [, h, w, many] = by.shape as unknown as Extents;
  const [top, left, bottom, right] = pads;
  const [H, W] = [height + top + bottom, width + left + right];
  const filter = n < block ? blockedBatch(block) : blockedBatchAndChannels(block);
  const y = blockedConv(context, {
    image: viewed(context, samplesAsChannels(context, over, pads), [channels, n, H, W]),
    weights: viewed(context, context.as(by, filter), [many, n, h, w]),
    attributes: {
      strides: ints(strides),
      dilations: ints(dilations),
      pads: ints([0, 0, 0, 0]),
      kernel_shape: ints([h, w]),
    },
  });
  const taps = ([size, extent]: readonly [number, number], axis: number): number =>
    Math.floor((size - (extent - 1) * dilations[axis] - 1) / strides[axis]) + 1;
  return context.reshaped(y, [channels, many / block, taps([H, h], 0), taps([W, w], 1), block]);
}

/**
 * An image `[C, N, H, W]`, or `[C, N/b, H, W, b]` where the samples fill blocks, with zeros around it: kernels compute one
 * column at a time where they look past the border, and here that would be all of them.
 */
function samplesAsChannels(context: Lowering, value: Value, pads: readonly number[]): string {
  const { block } = context.policy;
  const [n, height, width, c] = value.shape as unknown as Extents;
  const [top, left, bottom, right] = pads;
  const shape = [n, height + top + bottom, width + left + right, c];
  const placed = context.at(value);
  const layout = blockedImage(block);
  const padded: Placed =
    placed.layout.key === layout.key
      ? { name: padBlocked(context, placed.name, { shape: value.shape, pads }), shape, dtype: "float32", layout }
      : {
          name: padPixels(context, context.as(value, NCHW), { pads, first: 2 }),
          shape,
          dtype: "float32",
          layout: NCHW,
        };
  const nchw = context.convert(padded, NCHW);
  if (n < block) return context.as(nchw, CNHW);
  // The kernels that put channels into blocks put samples there just as well.
  const samplesLast = [1, c, shape[1] * shape[2], n];
  const view = context.reshaped(nchw.name, [1, n, c, shape[1] * shape[2]]);
  const blocks = context.as({ ...nchw, name: view, shape: samplesLast }, layout); // [1, N/b, C, H W, b]
  const apart = context.reshaped(blocks, [n / block, c, shape[1] * shape[2] * block]);
  return n === block
    ? blocks
    : context.emit({ op: "Transpose", inputs: [apart], attributes: { perm: ints([1, 0, 2]) } });
}
