/** @file A value that the tape takes for a constant. */
import { detached } from "../gradients/registry.js";
import { tf, type Tensor } from "../tf.js";

/**
 * The value of `x` as a constant: no gradient of any order flows through it, and none is computed behind it.
 *
 * A function that depends on its input through stopped values only has no gradient at all, not a gradient of zeros:
 * `tf.grad` then says that there is no path from x to y.
 */
export const stopGradient = (x: Tensor): Tensor => detached(() => tf.clone(x));
