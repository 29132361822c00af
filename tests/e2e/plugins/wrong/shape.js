/** @file A matrix whose height is not the length of what it is multiplied by. */
import { tf, heNormal } from "@gan-arena/core";
import { registerWith } from "./base.js";

export const register = registerWith({ critic: (nn, x) => tf.matMul(x, nn.param("w", [3, 1], heNormal())) });
