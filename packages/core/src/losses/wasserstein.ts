/** @file The Wasserstein critic of Arjovsky, Chintala, Bottou 2017, arXiv:1701.07875, Eq. 2. */
import { tf } from "../tensor/tf.js";
import { checkScores, type Loss } from "./loss.js";

/**
 * How far D separates generated from real images; an estimate of -W1 if D is held near 1-Lipschitz by other means.
 *
 *     L_D = E[D(xTilde)] - E[D(x)]              Eq. 2 with the sign turned
 *     L_G = -E[D(xTilde)]
 *
 * In units of the score.
 *
 * @throws GanError SHAPE_MISMATCH when the shapes of real and fake scores differ
 * @example wasserstein.discriminator({ real: tf.tensor([[2], [4]]), fake: tf.tensor([[1], [0]]) }) // -2.5
 */
export const wasserstein: Loss = {
  name: "wasserstein",
  discriminator({ real, fake }) {
    checkScores("wasserstein", { real, fake });
    return tf.sub(tf.mean(fake), tf.mean(real));
  },
  generator: ({ fake }) => tf.neg(tf.mean(fake)),
};
