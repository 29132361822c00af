/** @file A phase that updates a network which the variant does not have. */
import { registerWith } from "./base.js";

export const register = registerWith({ updates: ["C"] });
