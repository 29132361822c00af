/** @file A probability where a raw score is expected. */
import { tf } from "@gan-arena/core";
import { parts, registerWith } from "./base.js";

export const register = registerWith({ critic: (nn, x) => tf.sigmoid(parts.critic(nn, x)) });
