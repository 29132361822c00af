/** @file The logarithm of a number that falls below 0. */
import { tf } from "@gan-arena/core";
import { registerWith } from "./base.js";

export const register = registerWith({ term: (value) => tf.log(tf.sub(value, 100)) });
