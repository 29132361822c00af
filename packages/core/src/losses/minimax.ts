/** @file The minimax game of Goodfellow et al. 2014, arXiv:1406.2661, Eq. 1. */
import { tf } from "../tensor/tf.js";
import { checkScores, type Loss } from "./loss.js";

/**
 * The value function of the first GAN, played literally: D climbs V(D,G), G descends it ("saturating").
 *
 * With D = sigmoid(score), log D = -softplus(-score) and log(1 - D) = -softplus(score); so in nats
 *
 *     L_D = E[softplus(-D(x))] + E[softplus(D(xTilde))] = -V(D,G)
 *     L_G = -E[softplus(D(xTilde))]                     = E[log(1 - D(G(z)))]
 *
 * Finite, with finite gradients, at scores of +-1000. D(x) = 0 everywhere gives L_D = 2 log 2, L_G = -log 2.
 *
 * @throws GanError SHAPE_MISMATCH when the shapes of real and fake scores differ
 * @example minimax.generator({ fake: tf.tensor([[0]]) }) // -0.6931
 */
export const minimax: Loss = {
  name: "minimax",
  discriminator({ real, fake }) {
    checkScores("minimax", { real, fake });
    return tf.add(tf.mean(tf.softplus(tf.neg(real))), tf.mean(tf.softplus(fake)));
  },
  generator: ({ fake }) => tf.neg(tf.mean(tf.softplus(fake))),
};
