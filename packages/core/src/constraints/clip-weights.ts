/** @file Weight clipping: Arjovsky, Chintala, Bottou 2017, arXiv:1701.07875, Alg. 1, line 7. */
import type { Constraint } from "../contracts/variant.js";
import { optionOutOfRange } from "../errors.js";
import { tf } from "../tensor/tf.js";

/**
 * Holds every parameter in [-c, c] after each step, which bounds the slope of a critic.
 *
 *     w <- clip(w, -c, c)
 *
 * All parameters of the networks that the phase updates, biases and scales of norms included, as in the authors' code.
 *
 * @param c clipValue, > 0; 0.01 in the paper
 * @throws GanError BAD_CONFIG when c is not a finite number > 0
 */
export function clipWeights(c: number): Constraint {
  if (!(c > 0 && c < Infinity)) throw optionOutOfRange("constraint/clipWeights", "clipValue", "a finite number > 0", c);
  return { name: `clipWeights(${c})`, apply: (params) => tf.clipByValue(params, -c, c) };
}
