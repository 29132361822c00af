/** @file Adam: Kingma and Ba 2015, arXiv:1412.6980, Alg. 1; decoupled weight decay: Loshchilov and Hutter 2019, arXiv:1711.05101. */
import { tf } from "../tensor/tf.js";
import type { OptimizerSpec } from "./optimizer.js";
import { checkOptions, rateAt, type RateOptions } from "./options.js";

export interface AdamOptions extends RateOptions {
  /** Share of the running mean of gradients that is kept, in [0,1); default 0.9 (DCGAN uses 0.5, WGAN-GP 0). */
  readonly beta1?: number;
  /** Share of the running mean of squares that is kept, in [0,1); default 0.999. */
  readonly beta2?: number;
  /** Added outside the root; default 1e-8. */
  readonly eps?: number;
  /** Decoupled (AdamW): parameters shrink by lr * weightDecay each step; default 0. */
  readonly weightDecay?: number;
}

/**
 * Gradient descent in units of the gradient's running size, along its running mean.
 *
 *     m     <- beta1 m + (1 - beta1) g
 *     v     <- beta2 v + (1 - beta2) g^2
 *     theta <- (1 - lr weightDecay) theta - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
 *
 * With the bias corrections of Alg. 1, and eps outside the corrected root as there and in PyTorch (TensorFlow adds it to the
 * root before the correction). t counts all updates of the network. A schedule acts on lr, and so on the decay too.
 *
 * @throws GanError BAD_CONFIG when an option is out of range
 * @example adam({ lr: 2e-4, beta1: 0.5 }) // Radford et al. 2016
 */
export function adam(options: AdamOptions): OptimizerSpec {
  const { lr, schedule, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options;
  checkOptions("optimizer/adam", "positive", { lr, eps });
  checkOptions("optimizer/adam", "decay", { beta1, beta2 });
  checkOptions("optimizer/adam", "notNegative", { weightDecay });
  return {
    name: "adam",
    slots: ["m", "v"],
    scalars(progress): Readonly<Record<string, number>> {
      const rate = rateAt("adam", options, progress);
      const stepSize = rate / (1 - beta1 ** progress.update);
      const vCorrection = 1 / Math.sqrt(1 - beta2 ** progress.update);
      return weightDecay === 0 ? { stepSize, vCorrection } : { stepSize, vCorrection, shrink: 1 - rate * weightDecay };
    },
    step({ params, grads, slots, scalars: { stepSize, vCorrection, shrink } }) {
      const m = tf.add(tf.mul(beta1, slots["m"]), tf.mul(1 - beta1, grads));
      const v = tf.add(tf.mul(beta2, slots["v"]), tf.mul(1 - beta2, tf.square(grads)));
      const move = tf.div(tf.mul(stepSize, m), tf.add(tf.mul(vCorrection, tf.sqrt(v)), eps));
      const kept = weightDecay === 0 ? params : tf.mul(shrink, params);
      return { params: tf.sub(kept, move), slots: { m, v } };
    },
    settings: { lr, beta1, beta2 },
    tuned: (changes) => adam({ ...options, ...changes }),
    scaled: (c) => adam({ lr: lr * c, schedule, beta1: beta1 ** c, beta2: beta2 ** c, eps, weightDecay }),
  };
}
