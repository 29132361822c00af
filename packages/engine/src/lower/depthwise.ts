/**
 * @file Depthwise convolutions, one filter for each channel, and their input gradient: what resampling by a fixed filter
 * is made of. Blocked kernels where the channels allow them, else grouped ones on NCHW.
 */
import type { Value } from "../graph/ir.js";
import { attributesOf, blockedImageOf, nchwExtents, viewed } from "./blocked.js";
import { geometryOf, result, type Extents } from "./geometry.js";
import { BLOCKED_DOMAIN, blockedDepthwiseFilter, blockedImage, IOHW, NCHW } from "./layout.js";
import { int, ints, type LowerNode, type Lowering, type Placed } from "./lowering.js";
import { interleave, tapsOf, unseen } from "./input-gradient.js";
import { divisible } from "./policy.js";
import { outputPhases, type OutputPhase } from "./residues.js";

/** Filters `[kh,kw,C,1]` are `[C,1,kh,kw]` in ONNX, for the transposed convolution too. */
const groupedOnNchw = (
  context: Lowering,
  { op, inputs, extra }: { op: "Conv" | "ConvTranspose"; inputs: readonly [Value, Value]; extra: object },
  shape: readonly number[],
): readonly Placed[] => {
  const [x, filter] = inputs;
  const name = context.emit({
    op,
    inputs: [context.as(x, NCHW), context.as(filter, IOHW)],
    attributes: { ...extra, group: int(shape[3]) },
  });
  return [{ name, shape, dtype: "float32", layout: NCHW }];
};

export const lowerDepthwiseConv: LowerNode = (node, context) => {
  const [x, filter] = node.inputs as [Value, Value];
  const { shape } = result(node);
  const [, , , channels] = shape as unknown as Extents;
  const attributes = attributesOf(geometryOf(node));
  const { block } = context.policy;
  if (!divisible(context.policy, channels))
    return groupedOnNchw(context, { op: "Conv", inputs: [x, filter], extra: attributes }, shape);
  const weights = context.as(filter, blockedDepthwiseFilter(block));
  const y = context.emit({
    op: "Conv",
    domain: BLOCKED_DOMAIN,
    inputs: [
      viewed(context, context.as(x, blockedImage(block)), nchwExtents(x.shape)),
      viewed(context, weights, [channels, 1, ...filter.shape.slice(0, 2)]),
    ],
    attributes: { ...attributes, group: int(channels) },
  });
  return [blockedImageOf(context, y, shape)];
};

export const lowerDepthwiseConvInputGrad: LowerNode = (node, context) => {
  const [dy, filter] = node.inputs as [Value, Value];
  const { shape } = result(node);
  const geometry = geometryOf(node);
  const [, , , channels] = shape as unknown as Extents;
  const phases = divisible(context.policy, channels) ? outputPhases(geometry, shape, dy.shape) : undefined;
  if (!phases) {
    const extra = { ...attributesOf(geometry), output_padding: ints(unseen(geometry, shape, dy.shape)) };
    return groupedOnNchw(context, { op: "ConvTranspose", inputs: [dy, filter], extra }, shape);
  }
  const images = phases.map((row) => row.map((phase) => phaseConv(context, { dy, filter, phase })));
  return [interleave(context, images, shape)];
};

/** As for whole convolutions, without an exchange of channels. @returns the name of the image `[N, C/b, h, w, b]` */
function phaseConv(context: Lowering, { dy, filter, phase }: { dy: Value; filter: Value; phase: OutputPhase }): string {
  const { block } = context.policy;
  const [n, , , channels] = dy.shape as unknown as Extents;
  const weights = tapsOf(context, filter, { layout: blockedDepthwiseFilter(block), phase }); // [C/b, 1, taps, b]
  const kernel = phase.taps.map((taps) => taps.length);
  const y = context.emit({
    op: "Conv",
    domain: BLOCKED_DOMAIN,
    inputs: [
      viewed(context, context.as(dy, blockedImage(block)), nchwExtents(dy.shape)),
      viewed(context, weights, [channels, 1, ...kernel]),
    ],
    attributes: {
      strides: ints([1, 1]),
      dilations: ints([1, 1]),
      pads: ints(phase.pads),
      kernel_shape: ints(kernel),
      group: int(channels),
    },
  });
  return context.reshaped(y, [n, channels / block, ...phase.extent, block]);
}
