/** @file The hinge loss for GANs: Lim and Ye 2017, arXiv:1705.02894; as in Miyato et al. 2018, arXiv:1802.05957, Eq. 16-17. */
import { tf } from "../tensor/tf.js";
import { checkScores, type Loss } from "./loss.js";

/**
 * D is done with an image once its score is beyond the margin 1; G climbs the score without a bound.
 *
 *     L_D = E[max(0, 1 - D(x))] + E[max(0, 1 + D(xTilde))]
 *     L_G = -E[D(xTilde)]
 *
 * In units of the score. On the margin itself the gradient is 0.
 *
 * @throws GanError SHAPE_MISMATCH when the shapes of real and fake scores differ
 * @example hinge.discriminator({ real: tf.tensor([[0.5]]), fake: tf.tensor([[-3]]) }) // 0.5
 */
export const hinge: Loss = {
  name: "hinge",
  discriminator({ real, fake }) {
    checkScores("hinge", { real, fake });
    return tf.add(tf.mean(tf.relu(tf.sub(1, real))), tf.mean(tf.relu(tf.add(1, fake))));
  },
  generator: ({ fake }) => tf.neg(tf.mean(fake)),
};
