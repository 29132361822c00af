/** @file The generator's loss that Goodfellow et al. 2014 use in practice, arXiv:1406.2661, Sec. 3. */
import { tf } from "../tensor/tf.js";
import type { Loss } from "./loss.js";
import { minimax } from "./minimax.js";

/**
 * As `minimax` for D; G maximises log D(G(z)), which has the same fixed point and a large gradient where D wins.
 *
 *     L_D = E[softplus(-D(x))] + E[softplus(D(xTilde))]
 *     L_G = E[softplus(-D(xTilde))]                     = -E[log D(G(z))]
 *
 * In nats. The gradient of L_G by a score s is -sigmoid(-s) / N: it goes to 0 where G wins, not where D does.
 *
 * @throws GanError SHAPE_MISMATCH when the shapes of real and fake scores differ
 * @example nonSaturating.generator({ fake: tf.tensor([[-1000]]) }) // 1000
 */
export const nonSaturating: Loss = {
  name: "nonSaturating",
  discriminator: (scores) => minimax.discriminator(scores),
  generator: ({ fake }) => tf.mean(tf.softplus(tf.neg(fake))),
};
