/** @file Linear interpolation. */
import { tf, type Tensor } from "../tf.js";

/** a + t (b - a): `a` at t = 0, `b` at t = 1. @param t a number, or a tensor that broadcasts, e.g. `[N,1,1,1]` */
export const lerp = (a: Tensor, b: Tensor, t: Tensor | number): Tensor => tf.add(a, tf.mul(tf.sub(b, a), t));
