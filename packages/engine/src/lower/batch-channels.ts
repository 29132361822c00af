/**
 * @file The filter gradient of a small batch with few channels on one side, as one blocked convolution: the side of many
 * channels is a filter as large as an image and slides over the other one, and samples are its input channels.
 *
 * An image of one sample lies in memory as such a filter does. The first and the last convolution of a translator,
 * 7x7 from and to three channels, are the case: as products for each tap they have three columns.
 */
import type { Node, Value } from "../graph/ir.js";
import { blockedConv, viewed } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { geometryOf, result, type Extents } from "./geometry.js";
import { CNHW, blockedBatch, blockedInputLast, blockedOutputLast } from "./layout.js";
import { ints, type Lowering, type Placed } from "./lowering.js";
import { divisible, type LoweringPolicy } from "./policy.js";

/** Which side has few channels and is slid over; undefined when neither, or when the samples would fill a block. */
function sideOfFew(node: Node, policy: LoweringPolicy): "input" | "output" | undefined {
  const { strides, dilations, pads, kernel } = geometryOf(node);
  const [, , input, output] = result(node).shape as unknown as Extents;
  if (node.inputs[0].shape[0] >= policy.block) return undefined;
  if (input < policy.block && divisible(policy, output)) return "input";
  // The output's gradient would have to be spread by the stride, and cut where the padding is wider than the kernel.
  const slides = pads.every((pad, side) => pad <= dilations[side % 2] * (kernel[side % 2] - 1));
  const dense = strides.every((stride) => stride === 1);
  return output < policy.block && divisible(policy, input) && dense && slides ? "output" : undefined;
}

export const batchChannels: Candidate = {
  name: "batch-channels",
  applies: (node, policy) => sideOfFew(node, policy) !== undefined,
  lower: (node, context) => [
    sideOfFew(node, context.policy) === "input" ? overInput(node, context) : overOutput(node, context),
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
  /** The image of few channels, and what is put around it. */
  readonly over: Value;
  readonly pads: readonly number[];
  /** The image of many channels. */
  readonly by: Value;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** @returns `[few channels, many / b, rows, columns, b]` */
function slide(context: Lowering, { over, pads, by, strides, dilations }: Slide): string {
  const { block } = context.policy;
  const [n, height, width, few] = over.shape as unknown as Extents;
  const [, h, w, many] = by.shape as unknown as Extents;
  const [top, left, bottom, right] = pads;
  const channelsFirst = context.reshaped(context.as(over, CNHW), [few, n, height, width]);
  // Kernels compute one column at a time where they look past the border, and here that would be all of them.
  const image = pads.some((pad) => pad > 0)
    ? context.emit({ op: "Pad", inputs: [channelsFirst, context.int64s([0, 0, top, left, 0, 0, bottom, right])] })
    : channelsFirst;
  const y = blockedConv(context, {
    image,
    weights: viewed(context, context.as(by, blockedBatch(block)), [many, n, h, w]),
    attributes: {
      strides: ints(strides),
      dilations: ints(dilations),
      pads: ints([0, 0, 0, 0]),
      kernel_shape: ints([h, w]),
    },
  });
  const taps = ([size, extent]: readonly [number, number], axis: number): number =>
    Math.floor((size - (extent - 1) * dilations[axis] - 1) / strides[axis]) + 1;
  const [rows, columns] = [taps([height + top + bottom, h], 0), taps([width + left + right, w], 1)];
  return context.reshaped(y, [few, many / block, rows, columns, block]);
}
