/** @file Noise on all that a critic sees: Sønderby et al. 2017, arXiv:1610.04490, Sec. 3.2; Arjovsky and Bottou 2017, Sec. 3. */
import { tf, type Tensor } from "../tensor/tf.js";

export interface NoiseOptions {
  /** Standard deviation at the start, in units of the samples. */
  readonly std: number;
  /** The noise falls linearly to 0 over so many thousand real samples; 0: it stays. */
  readonly decayKimg: number;
}

/**
 * The deviation at this point of the run: std * max(0, 1 - kimg / decayKimg).
 * @param at.plays plays of this phase so far, a scalar; left out when the noise stays
 * @param at.samples real batches shown to critics for each play of this phase
 * @returns a scalar
 */
export function noiseLevel(
  { std, decayKimg }: NoiseOptions,
  at: { readonly plays?: Tensor; readonly samples: number; readonly batch: number },
): Tensor {
  if (!at.plays || decayKimg <= 0) return tf.scalar(std);
  const share = tf.mul(at.plays, (at.samples * at.batch) / (1000 * decayKimg));
  return tf.mul(std, tf.relu(tf.sub(1, share)));
}

/**
 * x + std * noise, which makes the distributions of real and generated samples overlap.
 * @param x `[N,…]`
 * @param noise normal, of the shape of x
 * @param std scalar
 */
export const instanceNoise = (x: Tensor, noise: Tensor, std: Tensor): Tensor => tf.add(x, tf.mul(std, noise));
