/** @file A loss whose value goes by a path that no gradient takes. */
import { stopGradient, tf } from "@gan-arena/core";
import { parts, registerWith } from "./base.js";

export const register = registerWith({
  critic: (nn, x) => tf.add(tf.mul(0.1, parts.critic(nn, x)), stopGradient(nn.dense(tf.square(x), 1))),
});
