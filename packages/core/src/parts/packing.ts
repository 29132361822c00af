/** @file Several samples judged together: PacGAN, Lin et al. 2018, arXiv:1712.04086, Sec. 3. */
import { tf, type Tensor } from "../tensor/tf.js";
import { notDivisible } from "./errors.js";

/**
 * Joins `samples` neighbours of the batch along the last axis, so that a critic sees whether they differ.
 * @param x `[N,…,C]`
 * @returns `[N / samples,…,samples * C]`
 * @throws GanError BAD_CONFIG when N is no multiple of `samples`
 * @example packed(tf.tensor([[1], [2], [3], [4]]), 2) // [[1, 2], [3, 4]]
 */
export function packed(x: Tensor, samples: number): Tensor {
  const [n = 0, ...sample] = x.shape;
  if (n % samples !== 0) throw notDivisible("packing", samples, n);
  if (samples === 1) return x;
  const [channels = 1, ...places] = [...sample].reverse();
  places.reverse();
  const rank = places.length;
  const apart = tf.reshape(x, [n / samples, samples, ...sample]); // [N/m,m,…,C]
  const inner = Array.from({ length: rank }, (_, i) => i + 2);
  const beside = rank === 0 ? apart : tf.transpose(apart, [0, ...inner, 1, rank + 2]); // [N/m,…,m,C]
  return tf.reshape(beside, [n / samples, ...places, samples * channels]);
}
