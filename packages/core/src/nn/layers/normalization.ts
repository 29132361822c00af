/** @file What batch, instance and layer normalisation have in common: moments in few passes, then one scale and one shift. */
import { tf, type Tensor } from "../../tensor/tf.js";
import { ones, zeros, type Initializer } from "../initializers.js";
import type { Variables } from "../scope.js";

export interface NormOptions {
  /** Default: the layer's kind with a number. */
  readonly name?: string;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Whether there is a learnt factor for each channel (gamma). Default true. */
  readonly scale?: boolean;
  /** Whether there is a learnt summand for each channel (beta). Default true. */
  readonly shift?: boolean;
  /** Default `ones`. */
  readonly scaleInit?: Initializer;
  /** Default `zeros`. */
  readonly shiftInit?: Initializer;
}

export interface Moments {
  readonly mean: Tensor;
  /** Divided by n, not n - 1. */
  readonly variance: Tensor;
}

/**
 * Mean and biased variance over `axes`, which are kept as ones.
 *
 * variance = max(E[x^2] - E[x]^2, 0): x is read twice and nothing of its size is written, where centring first would
 * write and read it twice more. In float32 the variance is off by about 1e-7 (mean / std)^2 of itself, which is 1e-3
 * for a mean of 100 deviations; activations are within a few deviations of zero.
 */
export function moments(x: Tensor, axes: readonly number[]): Moments {
  const [mean, meanOfSquares] = tf.unstack(rawMoments(x, axes)) as [Tensor, Tensor];
  return { mean, variance: tf.maximum(tf.sub(meanOfSquares, tf.square(mean)), 0) };
}

/**
 * E[x] and E[x^2], stacked on a new first axis.
 *
 * Both gradients in one go: dx = (dy_0 + 2 x dy_1) / n, where the tape alone would spread dy_0 and dy_1 to the size of x
 * before using them. Built of ops with gradients, so it can be differentiated again.
 */
function rawMoments(x: Tensor, axes: readonly number[]): Tensor {
  const over = [...axes];
  const n = over.reduce((count, axis) => count * x.shape[axis], 1);
  return tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as Tensor]);
    return {
      value: tf.stack([tf.mean(input as Tensor, over, true), tf.mean(tf.square(input as Tensor), over, true)]),
      gradFunc(dy, [saved]) {
        const [dMean, dSquares] = tf.unstack(dy) as [Tensor, Tensor];
        return tf.add(tf.mul(saved, tf.mul(dSquares, 2 / n)), tf.mul(dMean, 1 / n));
      },
    };
  })(x);
}

/**
 * scale (x - mean) / sqrt(variance + epsilon) + shift as x a + b, where a and b are as small as the moments.
 *
 * Scale and shift, one number for each channel of the last axis, are parameters of `nn`.
 */
export function normalize(nn: Variables, x: Tensor, { mean, variance }: Moments, options: NormOptions): Tensor {
  const { epsilon = 1e-5, scale = true, shift = true, scaleInit = ones, shiftInit = zeros } = options;
  const channels = x.shape.slice(-1);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const a = scale ? tf.mul(inverse, nn.param("scale", channels, scaleInit)) : inverse;
  const centre = tf.neg(tf.mul(mean, a));
  const b = shift ? tf.add(centre, nn.param("shift", channels, shiftInit)) : centre;
  return tf.add(tf.mul(x, a), b);
}
