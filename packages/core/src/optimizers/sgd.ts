/** @file Gradient descent, plain and with a momentum: Robbins and Monro 1951; Polyak 1964; Sutskever et al. 2013. */
import { tf } from "../tensor/tf.js";
import type { OptimizerSpec } from "./optimizer.js";
import { checkOptions, rateAt, type RateOptions } from "./options.js";

/**
 * Plain gradient descent.
 *
 *     theta <- theta - lr g
 *
 * @throws GanError BAD_CONFIG when lr is not a finite number > 0
 */
export function sgd(options: RateOptions): OptimizerSpec {
  const { lr, schedule } = options;
  checkOptions("optimizer/sgd", "positive", { lr });
  return {
    name: "sgd",
    slots: [],
    scalars: (progress) => ({ stepSize: rateAt("sgd", options, progress) }),
    step: ({ params, grads, scalars: { stepSize } }) => ({
      params: tf.sub(params, tf.mul(stepSize, grads)),
      slots: {},
    }),
    settings: { lr },
    tuned: (changes) => sgd({ ...options, ...changes }),
    scaled: (c) => sgd({ lr: lr * c, schedule }),
  };
}

export interface MomentumOptions extends RateOptions {
  /** Share of the velocity that is kept, in [0,1); default 0.9. */
  readonly momentum?: number;
  /** Looks ahead along the new velocity; default false, Polyak's heavy ball. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent with a velocity.
 *
 *     velocity <- momentum velocity + g
 *     theta    <- theta - lr velocity                        heavy ball
 *     theta    <- theta - lr (g + momentum velocity)         nesterov
 *
 * As PyTorch's SGD without dampening: the rate is outside the velocity, so a schedule acts on it at once.
 *
 * @throws GanError BAD_CONFIG when lr is not a finite number > 0 or momentum not in [0,1)
 */
export function momentum(options: MomentumOptions): OptimizerSpec {
  const { lr, schedule, momentum: kept = 0.9, nesterov = false } = options;
  checkOptions("optimizer/momentum", "positive", { lr });
  checkOptions("optimizer/momentum", "decay", { momentum: kept });
  return {
    name: "momentum",
    slots: ["velocity"],
    scalars: (progress) => ({ stepSize: rateAt("momentum", options, progress) }),
    step({ params, grads, slots, scalars: { stepSize } }) {
      const velocity = tf.add(tf.mul(kept, slots["velocity"]), grads);
      const direction = nesterov ? tf.add(grads, tf.mul(kept, velocity)) : velocity;
      return { params: tf.sub(params, tf.mul(stepSize, direction)), slots: { velocity } };
    },
    settings: { lr, momentum: kept },
    tuned: (changes) => momentum({ ...options, ...changes }),
    scaled: (c) => momentum({ lr: lr * c, schedule, momentum: kept ** c, nesterov }),
  };
}
