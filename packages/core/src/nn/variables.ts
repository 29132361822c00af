/** @file A scope over any source of values: naming, counting and the layers. */
import type { StateCell, ParamOptions, Scope, Variables } from "./scope.js";
import { badName, nameTaken } from "./errors.js";
import type { Initializer } from "./initializers.js";
import { layersOf } from "./layers/index.js";
import type { Tensor } from "../tensor/tf.js";

/** A parameter or a state as a network asks for it. */
export interface Wanted {
  /** Full name inside the network, for example `block1/conv2d/filter`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Initializer;
  readonly role: "filter" | "plain";
}

/** Where the values come from: one recorder, or one binding. */
export interface VariableSource {
  readonly network: string;
  readonly training: boolean;
  param(wanted: Wanted): Tensor;
  state(wanted: Wanted): StateCell;
}

/** The scope of one call of a network: names are counted from zero. */
export const openScope = (source: VariableSource): Scope => scopeAt(source, "", new Set());

function scopeAt(source: VariableSource, prefix: string, taken: Set<string>): Scope {
  const counts = new Map<string, number>();
  const path = [source.network, ...prefix.split("/").slice(0, -1)].join("/");

  const claim = (name: string): string => {
    const full = prefix + checked(path, name);
    if (taken.has(full)) throw nameTaken(`${source.network}/${full}`);
    taken.add(full);
    return full;
  };

  const variables: Variables = {
    training: source.training,
    path,
    param: (name, shape, init, { role = "plain" }: ParamOptions = {}) =>
      source.param({ name: claim(name), shape, init, role }),
    state: (name, shape, init) => source.state({ name: claim(name), shape, init, role: "plain" }),
    unique(name) {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return count === 0 ? name : `${name}_${count}`;
    },
    scope: (name, body) => body(scopeAt(source, `${prefix}${checked(path, name)}/`, taken)),
  };
  return { ...variables, ...layersOf(variables) };
}

function checked(path: string, name: string): string {
  if (!/^[\w.-]+$/.test(name)) throw badName(path, name);
  return name;
}
