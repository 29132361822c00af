/** @file Penalties on the norm of a critic's gradient: WGAN-GP and what came of it. */
import { optionOutOfRange } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { inputGradient, ROOT_EPSILON, squaredNorms, type Critic } from "./input-gradient.js";

export interface GradientPenaltyOptions {
  /** The norm that costs nothing; default 1. With 0 the penalty is zero-centred: E ||grad||^2, without a root. */
  readonly target?: number;
  /** `two`: too flat costs as much as too steep (Eq. 3); `one`: only too steep costs (Sec. 4, "one-sided"). Default `two`. */
  readonly sided?: "one" | "two";
}

/**
 * Holds a critic's slope near `target`.
 *
 *     E_n (||dD/dxHat_n|| - target)^2              Gulrajani et al. 2017, arXiv:1704.00028, Eq. 3 without lambda
 *
 * The Euclidean norm is per sample over all features; 1e-12 is added under its root, so a flat critic has a gradient.
 * Not weighted: multiply by gpLambda (10 in the paper).
 *
 * @param D critic without coupling between samples; scores of any shape `[N,…]`
 * @param xHat where the slope is measured, `[N,…]`; in the paper a point between x and xTilde, one epsilon per sample
 * @returns scalar >= 0, in squared score units per unit of xHat
 * @throws GanError BAD_CONFIG when target is negative or not finite; BAD_PLUGIN when D does not depend on xHat;
 *   SHAPE_MISMATCH when xHat has no axis beside the batch
 * @example gradientPenalty((x) => tf.mul(3, x), tf.zeros([4, 1])) // (3 - 1)^2 = 4
 */
export function gradientPenalty(
  D: Critic,
  xHat: Tensor,
  { target = 1, sided = "two" }: GradientPenaltyOptions = {},
): Tensor {
  if (!(target >= 0 && target < Infinity))
    throw optionOutOfRange("penalty/gradientPenalty", "target", "a number >= 0", target);
  const squares = squaredNorms(inputGradient("gradientPenalty", D, xHat)); // [N]
  if (target === 0) return tf.mean(squares);
  const excess = tf.sub(tf.sqrt(tf.add(squares, ROOT_EPSILON)), target);
  return tf.mean(tf.square(sided === "one" ? tf.relu(excess) : excess));
}

export interface DraganOptions {
  /** Size of the perturbation in standard deviations of the batch; default 0.5. */
  readonly scale?: number;
  /** The norm that costs nothing, k in the paper; default 1. */
  readonly target?: number;
}

/**
 * Holds a critic's slope near `target` around the real images only.
 *
 *     E_n (||dD/dx (x_n + delta_n)|| - k)^2,   delta = scale * std(x) * noise
 *
 * Kodali et al. 2017, arXiv:1705.07215, Alg. 1. There delta ~ N(0, c I) with a constant c; the authors' code measures it in
 * standard deviations of the batch, over all its values, and takes `noise` uniform in [0,1) rather than normal: both are
 * open here, as the caller draws the noise. Norm, root and weight as in {@link gradientPenalty} (lambda is 10 in the paper).
 *
 * @param x real images `[N,…]`
 * @param noise of the shape of x, drawn by the phase: `normal(shape)` or `uniform(shape)`
 * @returns scalar >= 0
 * @throws GanError BAD_CONFIG when an option is negative or not finite; BAD_PLUGIN, SHAPE_MISMATCH as gradientPenalty
 */
export function dragan(D: Critic, x: Tensor, noise: Tensor, { scale = 0.5, target = 1 }: DraganOptions = {}): Tensor {
  if (!(scale >= 0 && scale < Infinity)) throw optionOutOfRange("penalty/dragan", "scale", "a number >= 0", scale);
  const std = tf.sqrt(tf.mean(tf.square(tf.sub(x, tf.mean(x)))));
  return gradientPenalty(D, tf.add(x, tf.mul(tf.mul(scale, std), noise)), { target });
}
