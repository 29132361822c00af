/** @file One epsilon for the whole batch, a mistake that published code has made. */
import { tf } from "@gan-arena/core";
import { registerWith } from "./base.js";

export const register = registerWith({ epsilon: (epsilon) => tf.slice(epsilon, [0, 0], [1, 1]) });
