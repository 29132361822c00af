/** @file A network with its values: what phases and views call. */
import type { Packing } from "../contracts/tensors.js";
import type { BoundNetwork, Network } from "../contracts/variant.js";
import { sameShape } from "../tensor/gradients/registry.js";
import { stopGradient } from "../tensor/ops/stop-gradient.js";
import type { Tensor } from "../tensor/tf.js";
import { parameterMissing, parameterReshaped, stateReshaped, valueCount } from "./errors.js";
import type { NetworkLayout } from "./record.js";
import { openScope, type VariableSource, type Wanted } from "./variables.js";

export interface NetworkBinding {
  readonly layout: NetworkLayout;
  /** One for each part of `layout.params`. */
  readonly params: readonly Tensor[];
  /** One for each part of `layout.states`. */
  readonly states: readonly Tensor[];
  readonly training: boolean;
  /**
   * Called at each write with the index of the part and the new value; the last one counts. Left out, the states are
   * constants: what the network writes is dropped, so later reads do not see it either.
   */
  readonly onStateWrite?: (index: number, value: Tensor) => void;
}

/**
 * The network as a pure function of its inputs: values are looked up by name, names are counted anew in every call.
 *
 * Writes to states are seen by the next read, in this call or in a later one of the same binding. What is written is
 * taken off the tape: a state carries no gradient.
 * @throws GanError INTERNAL when values and layout do not fit; from the calls BAD_PLUGIN for a parameter that was never
 *   created or a name used twice, SHAPE_MISMATCH for one with another shape
 */
export function bindNetwork(network: Network, binding: NetworkBinding): BoundNetwork {
  const { layout, training, onStateWrite } = binding;
  const params = indexOf(layout, "parameter", layout.params, binding.params);
  const states = indexOf(layout, "state", layout.states, binding.states);
  const current = [...binding.states];

  const source: VariableSource = {
    network: layout.name,
    training,
    param: (wanted) => binding.params[params(wanted)],
    state(wanted) {
      const index = states(wanted);
      return {
        read: () => current[index],
        write(value) {
          if (!sameShape(value.shape, wanted.shape))
            throw stateReshaped(`${layout.name}/${wanted.name}`, wanted.shape, value.shape);
          if (!onStateWrite) return;
          const constant = stopGradient(value);
          current[index] = constant;
          onStateWrite(index, constant);
        },
      };
    },
  };
  return (...inputs) => network(openScope(source), ...inputs);
}

/** Finds the index of a wanted part; checks that it is the part that was recorded. */
function indexOf(layout: NetworkLayout, kind: string, { parts }: Packing, values: readonly Tensor[]) {
  if (values.length !== parts.length) throw valueCount(layout.name, `${kind}s`, parts.length, values.length);
  const indices = new Map(parts.map((part, index) => [part.name, index]));
  return ({ name, shape }: Wanted): number => {
    const index = indices.get(name);
    if (index === undefined) throw parameterMissing(`${layout.name}/${name}`, kind, [...indices.keys()]);
    const part = parts[index];
    if (!sameShape(part.shape, shape)) throw parameterReshaped(`${layout.name}/${name}`, kind, part.shape, shape);
    return index;
  };
}
