/** @file log softmax that can be differentiated more than once. */
import { tf, type Tensor } from "../tf.js";

/**
 * log softmax over the last axis, x - log sum exp(x), finite for any finite x.
 *
 * `tf.logSoftmax` hides its gradient in a closure over its own output, which has no second derivative.
 */
export const logSoftmax = (logits: Tensor): Tensor => tf.sub(logits, tf.logSumExp(logits, -1, true));
