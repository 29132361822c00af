/** @file Gradients of scores by inputs, which every gradient penalty is made of. They can be differentiated again. */
import { GanError, noGradient, shapeMismatch } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";

/** A critic with everything but the images bound: images `[N,…]` to raw scores, one or more per image. */
export type Critic = (x: Tensor) => Tensor;

/**
 * Added under the root of a norm. sqrt has no derivative at 0, where a dead critic starts; with it the gradient there is
 * 0 and the norm is 1e-6 instead of 0. Norms above 1e-2 do not change in float32.
 */
export const ROOT_EPSILON = 1e-12;

/**
 * The gradient by `x` of the sum of all scores: row n is dD(x_n)/dx_n when samples do not see each other (no batch norm
 * in D). The scores of a patch critic are summed per sample.
 *
 * @param penalty who asks, for messages
 * @returns a tensor of the shape of `x`
 * @throws GanError BAD_PLUGIN when the scores do not depend on `x` by differentiable ops; SHAPE_MISMATCH when `x` has no
 *   axis beside the batch
 */
export function inputGradient(penalty: string, f: Critic, x: Tensor): Tensor {
  if (x.rank < 2)
    throw shapeMismatch(
      `penalty/${penalty}`,
      "the input",
      "[N,…] with at least one axis of features",
      x.shape,
      "keep the batch axis",
    );
  try {
    return tf.grad((input: Tensor) => tf.sum(f(input)))(x);
  } catch (error) {
    if (error instanceof GanError) throw error;
    throw noGradient(penalty, error);
  }
}

/** Sums of squares per sample over all features. @returns `[N]` */
export const squaredNorms = (gradient: Tensor): Tensor =>
  tf.sum(tf.square(gradient), gradient.shape.map((_, axis) => axis).slice(1));
