/** @file The relativistic average GAN (RaSGAN): Jolicoeur-Martineau 2018, arXiv:1807.00734, Sec. 4. */
import { lossNeedsReal } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { checkScores, type Loss, type Scores } from "./loss.js";

/**
 * Each score is compared with the mean score of the other side: is this image more real than the average generated one?
 *
 *     L_D = E[softplus(-(D(x) - E D(xTilde)))] + E[softplus(D(xTilde) - E D(x))]
 *     L_G = E[softplus(-(D(xTilde) - E D(x)))] + E[softplus(D(x) - E D(xTilde))]
 *
 * In nats; the paper's sum of two expectations, which some code bases halve. The inner means run over all scores of the
 * batch, also over the places of a patch critic, and gradients go through them.
 *
 * @throws GanError SHAPE_MISMATCH when the shapes of real and fake scores differ; BAD_PLUGIN when generator() gets no real ones
 * @example relativisticAverage.generator({ real: tf.tensor([[2]]), fake: tf.tensor([[2]]) }) // 2 log 2 = 1.3863
 */
export const relativisticAverage: Loss = {
  name: "relativisticAverage",
  comparesReal: true,
  discriminator: ({ real, fake }) => higherThanAverage(real, fake, { real, fake }),
  generator({ real, fake }) {
    if (!real) throw lossNeedsReal("relativisticAverage");
    return higherThanAverage(fake, real, { real, fake });
  },
};

/** Small when every score of `winner` is above the mean of `loser`, and every one of `loser` below that of `winner`. */
function higherThanAverage(winner: Tensor, loser: Tensor, scores: Scores): Tensor {
  checkScores("relativisticAverage", scores);
  const above = tf.sub(winner, tf.mean(loser));
  const below = tf.sub(loser, tf.mean(winner));
  return tf.add(tf.mean(tf.softplus(tf.neg(above))), tf.mean(tf.softplus(below)));
}
