/** @file Parts that work on scores: label smoothing and top-k. */
import { optionOutOfRange } from "../errors.js";
import { stopGradient } from "../tensor/ops/stop-gradient.js";
import { tf, type Tensor } from "../tensor/tf.js";

/**
 * One-sided label smoothing as a term of its own: Salimans et al. 2016, arXiv:1606.03498, Sec. 3.4.
 *
 *     -(1 - alpha) log sigma(s) - alpha log(1 - sigma(s)) = softplus(-s) + alpha s
 *
 * so added to a logistic loss (minimax, nonSaturating) it turns the label of real samples from 1 to 1 - alpha. Other losses
 * have no labels; there it only pulls scores of real samples down.
 * @param real raw scores of real samples, any shape
 * @returns alpha * E[D(x)], a scalar
 * @throws GanError BAD_CONFIG when alpha is outside [0,1/2]
 */
export function labelSmoothing(real: Tensor, alpha: number): Tensor {
  if (!(alpha >= 0 && alpha <= 0.5)) throw optionOutOfRange("labelSmoothing", "alpha", "in [0,0.5]", alpha);
  return tf.mul(alpha, tf.mean(real));
}

/**
 * The highest scores only: Sinha et al. 2020, arXiv:2002.06224, Alg. 1. G then learns from its best samples.
 *
 * The choice is a product with a matrix of ones and zeros: score i has as rank the number of scores above it, equal ones in
 * the order of the batch.
 * @param scores `[N,1]`; of more scores for each sample the mean decides, and counts
 * @param fraction share that is kept, in (0,1]; at least one
 * @returns `[K,1]`, highest first
 * @throws GanError BAD_CONFIG when fraction is outside (0,1]
 * @example topK(tf.tensor([[1], [3], [2]]), 2 / 3) // [[3], [2]]
 */
export function topK(scores: Tensor, fraction: number): Tensor {
  if (!(fraction > 0 && fraction <= 1)) throw optionOutOfRange("topK", "fraction", "in (0,1]", fraction);
  const n = scores.shape[0] ?? 1;
  const kept = Math.max(1, Math.round(n * fraction));
  const column = tf.mean(tf.reshape(scores, [n, -1]), 1, true); // [N,1]
  const fixed = stopGradient(column); // comparisons have no derivative
  const row = tf.reshape(fixed, [1, n]);
  const index = tf.range(0, n, 1, "float32");
  const earlier = tf.less(tf.reshape(index, [1, n]), tf.reshape(index, [n, 1]));
  const above = tf.logicalOr(tf.greater(row, fixed), tf.logicalAnd(tf.equal(row, fixed), earlier)); // [N,N]
  const rank = tf.reshape(tf.sum(tf.cast(above, "float32"), 1), [1, n]);
  const chosen = tf.cast(tf.equal(rank, tf.reshape(tf.range(0, kept, 1, "float32"), [kept, 1])), "float32"); // [K,N]
  return tf.matMul(chosen, column);
}
