/** @file Least squares GAN: Mao et al. 2017, arXiv:1611.04076, Eq. 2. */
import { optionOutOfRange } from "../errors.js";
import { tf } from "../tensor/tf.js";
import { checkScores, type Loss } from "./loss.js";

/** The three targets of the paper's Eq. 2. */
export interface LeastSquaresTargets {
  /** What D gives to generated images; default 0. */
  readonly a?: number;
  /** What D gives to real images; default 1. */
  readonly b?: number;
  /** What G wants D to give to its images; default 1. */
  readonly c?: number;
}

/**
 * Scores are pulled to targets by squares.
 *
 *     L_D = 1/2 E[(D(x) - b)^2] + 1/2 E[(D(xTilde) - a)^2]
 *     L_G = 1/2 E[(D(xTilde) - c)^2]
 *
 * With the paper's factors 1/2, which other code bases leave out (CycleGAN's code halves L_D only). a = 0, b = c = 1 is
 * the paper's Eq. 9; a = -1, b = 1, c = 0 (Eq. 8) minimises the Pearson chi^2 divergence, as b - c = 1 and b - a = 2.
 *
 * @throws GanError BAD_CONFIG when a target is not finite; SHAPE_MISMATCH when the shapes of the scores differ
 * @example leastSquares().discriminator({ real: tf.tensor([[0.5]]), fake: tf.tensor([[1]]) }) // 0.125 + 0.5
 */
export function leastSquares({ a = 0, b = 1, c = 1 }: LeastSquaresTargets = {}): Loss {
  for (const [name, target] of Object.entries({ a, b, c }))
    if (!Number.isFinite(target)) throw optionOutOfRange("loss/leastSquares", name, "a finite number", target);
  return {
    name: "leastSquares",
    discriminator({ real, fake }) {
      checkScores("leastSquares", { real, fake });
      const misses = tf.add(tf.mean(tf.square(tf.sub(real, b))), tf.mean(tf.square(tf.sub(fake, a))));
      return tf.mul(0.5, misses);
    },
    generator: ({ fake }) => tf.mul(0.5, tf.mean(tf.square(tf.sub(fake, c)))),
  };
}
