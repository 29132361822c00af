/** @file LeCam regularisation for small data sets: Tseng et al. 2021, arXiv:2104.03310, Sec. 3. */
import { optionOutOfRange } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";

export interface LecamInputs {
  /** Raw scores of real images, any shape. */
  readonly real: Tensor;
  /** Raw scores of generated images, any shape. */
  readonly fake: Tensor;
  /** Running mean of real scores, alpha_R: scalar, from the phase's memory. */
  readonly realMean: Tensor;
  /** Running mean of generated scores, alpha_F: scalar, from the phase's memory. */
  readonly fakeMean: Tensor;
}

export interface LecamResult {
  /** Scalar >= 0, in squared score units, not weighted. */
  readonly penalty: Tensor;
  /** New running means, to be remembered. */
  readonly realMean: Tensor;
  readonly fakeMean: Tensor;
}

/**
 * Ties the scores of each side to the running mean of the other side.
 *
 *     R_LC = E[(D(x) - alpha_F)^2] + E[(D(xTilde) - alpha_R)^2]
 *
 * The penalty uses the means that are passed in, those of earlier plays, so they are constants; the authors' code updates
 * them first. Like the paper and unlike some code bases there is no relu inside the squares. Starting from 0 the first
 * plays pull scores to 0; the authors wait until the means have settled.
 *
 * @returns the penalty and alpha' = decay * alpha + (1 - decay) * mean(scores)
 * @throws GanError BAD_CONFIG when decay is outside [0,1)
 * @example
 * const { penalty, realMean, fakeMean } = lecam({ real: D(x), fake: D(xTilde), ...memory });
 * return { terms: { hinge, lecam: tf.mul(0.3, penalty) }, remember: { realMean, fakeMean } };
 */
export function lecam(
  { real, fake, realMean, fakeMean }: LecamInputs,
  { decay = 0.99 }: { readonly decay?: number } = {},
): LecamResult {
  if (!(decay >= 0 && decay < 1)) throw optionOutOfRange("penalty/lecam", "decay", "in [0,1)", decay);
  const follow = (mean: Tensor, scores: Tensor) => tf.add(tf.mul(decay, mean), tf.mul(1 - decay, tf.mean(scores)));
  return {
    penalty: tf.add(tf.mean(tf.square(tf.sub(real, fakeMean))), tf.mean(tf.square(tf.sub(fake, realMean)))),
    realMean: follow(realMean, real),
    fakeMean: follow(fakeMean, fake),
  };
}
