/** @file A generator that counts in a variable of its module: whatever it knows is lost with the process. */
import { tf } from "@gan-arena/core";
import { parts, registerWith } from "./base.js";

let plays = 0;
export const register = registerWith({ generator: (nn, z) => tf.add(parts.generator(nn, z), plays++) });
