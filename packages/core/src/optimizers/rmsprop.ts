/** @file RMSProp: Tieleman and Hinton 2012, lecture 6.5; what Arjovsky et al. 2017 train WGAN with. */
import { tf } from "../tensor/tf.js";
import type { OptimizerSpec } from "./optimizer.js";
import { checkOptions, rateAt, type RateOptions } from "./options.js";

export interface RmspropOptions extends RateOptions {
  /** Share of the running mean of squares that is kept, in [0,1); default 0.99, PyTorch's (TensorFlow's is 0.9). */
  readonly alpha?: number;
  /** Added outside the root; default 1e-8. */
  readonly eps?: number;
}

/**
 * Gradient descent in units of the gradient's running size.
 *
 *     v     <- alpha v + (1 - alpha) g^2
 *     theta <- theta - lr g / (sqrt(v) + eps)
 *
 * As PyTorch: eps outside the root, v from 0 without a correction, so the first steps are up to 1/sqrt(1 - alpha) times lr.
 *
 * @throws GanError BAD_CONFIG when lr or eps is not a finite number > 0 or alpha not in [0,1)
 */
export function rmsprop(options: RmspropOptions): OptimizerSpec {
  const { lr, schedule, alpha = 0.99, eps = 1e-8 } = options;
  checkOptions("optimizer/rmsprop", "positive", { lr, eps });
  checkOptions("optimizer/rmsprop", "decay", { alpha });
  return {
    name: "rmsprop",
    slots: ["v"],
    scalars: (progress) => ({ stepSize: rateAt("rmsprop", options, progress) }),
    step({ params, grads, slots, scalars: { stepSize } }) {
      const v = tf.add(tf.mul(alpha, slots["v"]), tf.mul(1 - alpha, tf.square(grads)));
      const move = tf.div(tf.mul(stepSize, grads), tf.add(tf.sqrt(v), eps));
      return { params: tf.sub(params, move), slots: { v } };
    },
    settings: { lr, alpha },
    tuned: (changes) => rmsprop({ ...options, ...changes }),
    scaled: (c) => rmsprop({ lr: lr * c, schedule, alpha: alpha ** c, eps }),
  };
}
