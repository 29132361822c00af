/** @file ONNX Runtime's blocked convolutions: how they name their operands, and what else they compute. */
import type { Geometry } from "../trace/kernels/convolution.js";
import type { ConvAttributes, Extents } from "./geometry.js";
import { BLOCKED_DOMAIN, blockedImage } from "./layout.js";
import { ints, type Lowering, type Placed } from "./lowering.js";
import { activationAttributes, biasInput, type Tail } from "./tail.js";

export const attributesOf = ({ strides, dilations, pads, kernel }: Geometry): ConvAttributes => ({
  strides: ints(strides),
  dilations: ints(dilations),
  pads: ints(pads),
  kernel_shape: ints(kernel),
});

export const nchwExtents = (shape: readonly number[]): Extents => {
  const [n, h, w, c] = shape as unknown as Extents;
  return [n, c, h, w];
};

export const oihwExtents = (shape: readonly number[]): Extents => {
  const [h, w, i, o] = shape as unknown as Extents;
  return [o, i, h, w];
};

/** Blocked kernels name tensors by their four logical extents, whatever lies in memory. */
export const viewed = (context: Lowering, name: string, shape: readonly number[]): string =>
  context.reshaped(name, shape);

export interface BlockedConv {
  readonly image: string;
  readonly weights: string;
  readonly attributes: ConvAttributes;
  readonly tail?: Tail;
  /** An image that is added before the activation. */
  readonly sum?: string;
}

export function blockedConv(context: Lowering, { image, weights, attributes, tail, sum }: BlockedConv): string {
  const bias = tail ? biasInput(context, tail) : [];
  // An operand that is left out before one that is there has an empty name.
  const added = sum === undefined ? bias : [bias[0] ?? "", sum];
  return context.emit({
    op: "Conv",
    domain: BLOCKED_DOMAIN,
    inputs: [image, weights, ...added],
    attributes: { ...attributes, ...(tail ? activationAttributes(tail) : {}) },
  });
}

/** The result of a blocked kernel as an image `[N, C/b, H, W, b]`. */
export function blockedImageOf(context: Lowering, name: string, shape: readonly number[]): Placed {
  const { block } = context.policy;
  const [n, h, w, c] = shape as unknown as Extents;
  return {
    name: context.reshaped(name, [n, c / block, h, w, block]),
    shape,
    dtype: "float32",
    layout: blockedImage(block),
  };
}

/** A filter of one tap that multiplies each channel by the same number: one for each channel that sees its own only. */
export const sameFactor = (context: Lowering, channels: number, factor: number): string =>
  context.initializer({
    dtype: "float32",
    shape: [channels, 1, 1, 1],
    data: new Float32Array(channels).fill(factor),
  });
