/** @file Gradients of several totals from one forward pass, with side results that outlive the tape. */
import { tf, type Tensor } from "../tensor/tf.js";

/** One scalar and what it is differentiated by. */
export interface Objective {
  readonly total: Tensor;
  readonly by: readonly Tensor[];
}

export interface Differentiated<E extends Record<string, Tensor>> {
  /** For each objective, one gradient for each tensor in `by`; undefined when the total does not depend on it. */
  readonly gradients: readonly (readonly (Tensor | undefined)[])[];
  readonly extras: E;
}

/**
 * Runs `forward` once under the tape and differentiates each of its totals by its own tensors.
 *
 * One total is the usual backward pass. Several (a simultaneous move) are backward passes inside one outer tape, which sees
 * the forward pass only once: the inner ones find its operations on the tape that they share.
 *
 * TensorFlow.js disposes whatever a taped function computes but its result. So the extras are kept under the tape and
 * handed to the caller's scope afterwards, as clones, which share their values.
 * @param by the tensors of all objectives
 */
export function differentiate<E extends Record<string, Tensor>>(
  by: readonly Tensor[],
  forward: () => { readonly objectives: readonly Objective[]; readonly extras: E },
): Differentiated<E> {
  const engine = tf.engine();
  const kept: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    const copy = tf.keep(tf.clone(tensor));
    kept.push(copy);
    return copy;
  };
  const names: string[] = [];
  const nested: (readonly (Tensor | undefined)[])[] = [];
  try {
    const { grads } = engine.gradients(
      () => {
        const { objectives, extras } = forward();
        for (const [name, tensor] of Object.entries(extras)) {
          names.push(name);
          keep(tensor);
        }
        const [first] = objectives;
        if (objectives.length === 1 && first) return first.total;
        for (const { total, by } of objectives) {
          const inner = engine.gradients(() => total, [...by], undefined, true).grads as (Tensor | undefined)[];
          nested.push(inner.map((gradient) => gradient && keep(gradient)));
        }
        return tf.scalar(0);
      },
      [...by],
      undefined,
      true,
    );
    const released = new Map(kept.map((tensor) => [tensor, tf.clone(tensor)]));
    return {
      gradients:
        nested.length > 0
          ? nested.map((gradients) => gradients.map((gradient) => gradient && released.get(gradient)))
          : [grads],
      extras: Object.fromEntries(names.map((name, i) => [name, released.get(kept[i])])) as E,
    };
  } finally {
    for (const tensor of kept) tensor.dispose();
  }
}
