/**
 * @file The styled layers of G, and those that make colours.
 *
 * `modulated` is Karras et al. 2020, Sec. 2.2: styles s scale the input channels of a filter, and each filter is brought
 * back to unit norm ("demodulated"):
 *
 *     w'_ijk = s_i w_ijk                             Eq. 1
 *     w''_ijk = w'_ijk / sqrt(sum_ik w'_ijk^2 + eps) Eq. 3
 *
 * A convolution with w'' is a scaling of its input by s, one convolution with w for the whole batch, and a scaling of its
 * output by d_j = 1 / sqrt(sum_i s_i^2 sum_k w_ijk^2 + eps): the weights of each sample are never written down.
 *
 * `adain` is Karras et al. 2019, Eq. 1: feature maps are normalised for each sample, then scaled and shifted by w.
 */
import {
  equalized,
  equalizedConv2d,
  equalizedDense,
  filter2d,
  normalInit,
  tf,
  zeros,
  type Scope,
  type Tensor,
} from "@gan-arena/core";
import { GAIN, SLOPE } from "./mapping.js";
import type { StyledLayer } from "./plan.js";

interface StyledInputs {
  /** `[N,H,W,C]` */
  readonly x: Tensor;
  /** `[N,wDim]` */
  readonly w: Tensor;
  /** `[N,H',W',1]`, of the size of the result. */
  readonly noise: Tensor;
}

export interface StyledOptions {
  readonly kind: StyledLayer["kind"];
  /** Channels of the result. */
  readonly width: number;
  /** Factor on the result beside that of the rectifier. */
  readonly gain: number;
}

export type Styled = (nn: Scope, inputs: StyledInputs, options: StyledOptions) => Tensor;

/** x scaled for each sample and channel. @param s `[N,C]` */
const scaled = (x: Tensor, s: Tensor): Tensor => tf.mul(x, tf.reshape(s, [-1, 1, 1, s.shape[1] as number]));

/**
 * A convolution of 3x3; `up` doubles the size: a transposed convolution of stride 2, then the low-pass filter.
 *
 * The transposed convolution gives 2H + 1 rows; the row of zeros that makes them even is the filter's padding.
 * @param filter `[3,3,in,out]`, for `up` `[3,3,out,in]`
 */
function convolve(x: Tensor, filter: Tensor, up: boolean): Tensor {
  if (!up) return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
  const [n, height, width] = x.shape as [number, number, number, number];
  const shape: [number, number, number, number] = [n, 2 * height + 2, 2 * width + 2, filter.shape[2] as number];
  const spread = tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, shape, 2, "valid");
  return filter2d(spread, { padding: [1, 0], gain: 4 }); // [N,2H,2W,out]
}

/** The filter in use, `[3,3,in,out]` or transposed, with an equalised learning rate. */
function filterOf(nn: Scope, inputs: number, outputs: number, up: boolean): Tensor {
  const shape = up ? [3, 3, outputs, inputs] : [3, 3, inputs, outputs];
  const raw = nn.param("filter", shape, normalInit(1), { role: "filter" });
  return equalized()(raw, { outputAxis: up ? 2 : 3 });
}

/** Karras et al. 2020, Fig. 2c. */
export const modulatedConv: Styled = (nn, { x, w, noise }, { kind, width, gain }) => {
  const up = kind === "upConv";
  const inputs = x.shape[3] as number;
  const s = equalizedDense(nn, w, inputs, { name: "style", biasStart: 1 }); // [N,in]
  const filter = filterOf(nn, inputs, width, up);
  const norms = tf.sum(tf.square(filter), [0, 1]); // [in,out], transposed [out,in]
  const d = tf.rsqrt(tf.add(tf.matMul(tf.square(s), norms, false, up), 1e-8)); // [N,out]
  // lrelu(g u) = g lrelu(u): the gain goes into the small factors and summands, not over the feature map once more.
  const g = GAIN * gain;
  const strength = nn.param("noiseStrength", [], zeros);
  const bias = nn.param("bias", [width], zeros);
  const y = scaled(convolve(scaled(x, s), filter, up), tf.mul(d, g));
  return tf.leakyRelu(tf.add(tf.add(y, tf.mul(noise, tf.mul(strength, g))), tf.mul(bias, g)), SLOPE);
};

/** Karras et al. 2019, Fig. 1b: convolution, noise with a strength for each channel, rectifier, AdaIN. */
export const adainConv: Styled = (nn, { x, w, noise }, { kind, width, gain }) => {
  const h =
    kind === "constant"
      ? x
      : convolve(x, filterOf(nn, x.shape[3] as number, width, kind === "upConv"), kind === "upConv");
  const strength = nn.param("noiseStrength", [width], zeros);
  const biased = tf.add(tf.add(h, tf.mul(noise, strength)), nn.param("bias", [width], zeros));
  const normalized = nn.instanceNorm(tf.leakyRelu(biased, SLOPE), { scale: false, shift: false, epsilon: 1e-8 });
  const style = equalizedDense(nn, w, 2 * width, { name: "style" }); // [N,2 width]
  const [scale, shift] = tf.split(style, 2, 1) as [Tensor, Tensor];
  const y = tf.add(scaled(normalized, tf.add(scale, 1)), tf.reshape(shift, [-1, 1, 1, width]));
  return gain === 1 ? y : tf.mul(y, gain);
};

/** Feature maps to colours, 1x1: modulated without demodulation, or plain in the form of 2019. @returns `[N,H,W,channels]` */
export function toColours(nn: Scope, x: Tensor, { w, channels }: { w: Tensor | undefined; channels: number }): Tensor {
  if (!w) return equalizedConv2d(nn, x, channels, { kernel: 1 });
  const inputs = x.shape[3] as number;
  const s = equalizedDense(nn, w, inputs, { name: "style", biasStart: 1 });
  return equalizedConv2d(nn, scaled(x, s), channels, { kernel: 1 });
}
