/** @file The first run of a network: finds out which parameters and states it has, and how they begin. */
import type { Packing, Part } from "../contracts/tensors.js";
import { sizeOf } from "../contracts/tensors.js";
import type { BoundNetwork, Network } from "../contracts/variant.js";
import { stream } from "../random/stream.js";
import { sameShape } from "../tensor/gradients/registry.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { GanError } from "../errors.js";
import { badInitializer, networkThrew, noOutput, parameterReshaped, stateReshaped } from "./errors.js";
import type { Initializer } from "./initializers.js";
import { openScope, type VariableSource, type Wanted } from "./variables.js";

/** Everything about a network but its values. Parts are in the order in which the network first asked for them. */
export interface NetworkLayout {
  readonly name: string;
  readonly params: Packing;
  readonly states: Packing;
  /** One for each part of `params`. */
  readonly paramInit: readonly Initializer[];
  /** One for each part of `states`. */
  readonly stateInit: readonly Initializer[];
}

/** A network that is being found out about. */
export interface NetworkRecorder {
  /** Runs the network on zeros of the right shapes; call it wherever the network is called. */
  readonly call: BoundNetwork;
  /** What was found in all calls so far. */
  layout(): NetworkLayout;
}

interface Found {
  readonly part: Part;
  readonly init: Initializer;
}

/**
 * Makes `network` callable without values: parameters are created at first use, later calls must agree with them.
 *
 * @param name of the network, for example `D`
 * @throws GanError (from `call`) SHAPE_MISMATCH when a shape changes between calls; BAD_PLUGIN when a name is taken
 */
export function recordNetwork(name: string, network: Network): NetworkRecorder {
  const params = new Map<string, Found>();
  const states = new Map<string, Found>();

  const find = (known: Map<string, Found>, kind: string, { name: part, shape, init, role }: Wanted): void => {
    const before = known.get(part);
    if (before && !sameShape(before.part.shape, shape))
      throw parameterReshaped(`${name}/${part}`, kind, before.part.shape, shape);
    if (!before) known.set(part, { part: { name: part, shape: [...shape], role }, init });
  };
  const source: VariableSource = {
    network: name,
    training: true,
    param(wanted) {
      find(params, "parameter", wanted);
      return blank(wanted.shape);
    },
    state(wanted) {
      find(states, "state", wanted);
      return {
        read: () => blank(wanted.shape),
        write(value) {
          if (!sameShape(value.shape, wanted.shape))
            throw stateReshaped(`${name}/${wanted.name}`, wanted.shape, value.shape);
        },
      };
    },
  };
  return {
    call: (...inputs) => {
      const output: unknown = authored(name, inputs, () => network(openScope(source), ...inputs));
      if (!(output instanceof tf.Tensor)) throw noOutput(name, output);
      return output;
    },
    layout: () => ({
      name,
      params: packingOf(params),
      states: packingOf(states),
      paramInit: [...params.values()].map(({ init }) => init),
      stateInit: [...states.values()].map(({ init }) => init),
    }),
  };
}

/** Runs the code of a network's author; what an op throws names the network and what it was called with. */
function authored<T>(name: string, inputs: readonly Tensor[], body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof GanError) throw error;
    throw networkThrew(
      name,
      inputs.map((input) => input?.shape),
      error,
    );
  }
}

/** Filled by a kernel, so that an engine which traces need not hold the zeros. */
// oxlint-disable-next-line unicorn/no-array-fill-with-reference-type
const blank = (shape: readonly number[]): Tensor => tf.fill([...shape], 0);

const packingOf = (found: ReadonlyMap<string, Found>): Packing => ({
  parts: [...found.values()].map(({ part }) => part),
});

/**
 * The values that a network begins with, as flat vectors in the order of its packings.
 *
 * Each part has a random stream of its own, `init/<network>/<part>`, so its values do not depend on the other parts.
 * @throws GanError BAD_PLUGIN when an initializer returns too few or too many values
 */
export function initialValues(layout: NetworkLayout, seed: number): { params: Float32Array; states: Float32Array } {
  const fill = ({ parts }: Packing, inits: readonly Initializer[]): Float32Array => {
    const values = new Float32Array(parts.reduce((total, part) => total + sizeOf(part.shape), 0));
    let offset = 0;
    parts.forEach((part, i) => {
      const size = sizeOf(part.shape);
      const made = inits[i](part.shape, stream(seed, `init/${layout.name}/${part.name}`));
      if (made.length !== size) throw badInitializer(`${layout.name}/${part.name}`, size, made.length);
      values.set(made, offset);
      offset += size;
    });
    return values;
  };
  return { params: fill(layout.params, layout.paramInit), states: fill(layout.states, layout.stateInit) };
}
