/**
 * @file The relativistic pairing GAN (RpGAN): Jolicoeur-Martineau 2018, arXiv:1807.00734, Sec. 4; the loss of R3GAN,
 * Huang et al. 2024, arXiv:2501.05441, Sec. 2.
 */
import { lossNeedsReal } from "../errors.js";
import { tf } from "../tensor/tf.js";
import { checkScores, type Loss } from "./loss.js";

/**
 * The n-th real score is compared with the n-th generated one: which image of the pair is the real one?
 *
 *     L_D = E[softplus(-(D(x) - D(xTilde)))]
 *     L_G = E[softplus(-(D(xTilde) - D(x)))]
 *
 * In nats. R3GAN adds R1 and R2 to L_D; see `r1` and `r2`.
 *
 * @throws GanError SHAPE_MISMATCH when the shapes of real and fake scores differ; BAD_PLUGIN when generator() gets no real ones
 * @example relativisticPaired.discriminator({ real: tf.tensor([[1000]]), fake: tf.tensor([[-1000]]) }) // 0
 */
export const relativisticPaired: Loss = {
  name: "relativisticPaired",
  comparesReal: true,
  discriminator({ real, fake }) {
    checkScores("relativisticPaired", { real, fake });
    return tf.mean(tf.softplus(tf.sub(fake, real)));
  },
  generator({ real, fake }) {
    if (!real) throw lossNeedsReal("relativisticPaired");
    checkScores("relativisticPaired", { real, fake });
    return tf.mean(tf.softplus(tf.sub(real, fake)));
  },
};
