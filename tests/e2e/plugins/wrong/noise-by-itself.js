/** @file Noise that the loss makes itself: not reproducible, and a constant once it is compiled. */
import { tf } from "@gan-arena/core";
import { registerWith } from "./base.js";

export const register = registerWith({ latent: (z) => tf.randomNormal(z.shape) });
