/** @file Layers with an equalised learning rate: Karras et al. 2018 (progressive growing), arXiv:1710.10196, Sec. 4.1. */
import { tf, type Tensor } from "../tensor/tf.js";
import { badLayerOption } from "./errors.js";
import { constant, normalInit } from "./initializers.js";
import { conv2d, type Conv2dOptions } from "./layers/conv2d.js";
import { dense } from "./layers/dense.js";
import type { Reparametrisation, WeightOptions } from "./layers/weights.js";
import type { Variables } from "./scope.js";

export interface EqualizedOptions {
  /** Factor on the standard deviation of the weights in use; default 1 (sqrt(2) of He's rule sits in the activation). */
  readonly gain?: number;
  /** How fast weights and bias learn compared with others, at the same beginning; StyleGAN's mapping has 0.01. Default 1. */
  readonly lrMultiplier?: number;
}

/**
 * Scales a weight at run time, so that an optimiser which measures steps by the gradient's size, like Adam, moves every
 * layer equally fast whatever its fan-in.
 *
 *     w^ = gain * lrMultiplier / sqrt(fanIn) * w,   w ~ N(0, 1 / lrMultiplier^2) at first
 *
 * Sec. 4.1, where gain is sqrt(2); the multiplier is that of StyleGAN (arXiv:1812.04948, App. C).
 * @example nn.conv2d(x, 32, { weight: equalized(), init: normalInit(1) })
 */
export const equalized =
  ({ gain = 1, lrMultiplier = 1 }: EqualizedOptions = {}): Reparametrisation =>
  (weight, { outputAxis }) =>
    tf.mul(weight, (gain * lrMultiplier) / Math.sqrt(weight.size / weight.shape[outputAxis]));

export interface EqualizedLayerOptions extends EqualizedOptions {
  /** Default: the layer's kind with a number. */
  readonly name?: string;
  /** Default true. */
  readonly bias?: boolean;
  /** Every element of the bias at first; default 0. */
  readonly biasStart?: number;
}

/** y = x w^ + b on the last axis. @param x `[…,in]` @returns `[…,units]` */
export function equalizedDense(nn: Variables, x: Tensor, units: number, options: EqualizedLayerOptions = {}): Tensor {
  return nn.scope(options.name ?? nn.unique("dense"), (nn) =>
    withScaledBias(nn, dense(nn, x, units, equalizedWeight(nn, options)), options),
  );
}

export type EqualizedConv2dOptions = EqualizedLayerOptions &
  Pick<Conv2dOptions, "kernel" | "stride" | "padding" | "dilation">;

/** A convolution with w^ for a filter. @param x `[N,H,W,C]` @returns `[N,H',W',filters]` */
export function equalizedConv2d(
  nn: Variables,
  x: Tensor,
  filters: number,
  options: EqualizedConv2dOptions = {},
): Tensor {
  const { kernel, stride, padding, dilation } = options;
  const geometry = { kernel, stride, padding, dilation };
  return nn.scope(options.name ?? nn.unique("conv2d"), (nn) =>
    withScaledBias(nn, conv2d(nn, x, filters, { ...geometry, ...equalizedWeight(nn, options) }), options),
  );
}

/** Options of a layer without a bias of its own, since the multiplier acts on it too. */
function equalizedWeight(nn: Variables, { gain = 1, lrMultiplier = 1 }: EqualizedLayerOptions): WeightOptions {
  if (!(lrMultiplier > 0 && lrMultiplier < Infinity))
    throw badLayerOption(nn.path, `lrMultiplier must be a number above 0, got ${lrMultiplier}; use 1 for none`);
  return {
    name: "equalized",
    bias: false,
    init: normalInit(1 / lrMultiplier),
    weight: equalized({ gain, lrMultiplier }),
  };
}

function withScaledBias(nn: Variables, y: Tensor, options: EqualizedLayerOptions): Tensor {
  const { bias = true, biasStart = 0, lrMultiplier = 1 } = options;
  if (!bias) return y;
  const b = nn.param("bias", y.shape.slice(-1), constant(biasStart / lrMultiplier));
  return tf.add(y, lrMultiplier === 1 ? b : tf.mul(b, lrMultiplier));
}
