/** @file Small inputs and outputs of a model as one of each: to hand over a tensor costs more than what is done with its few numbers. */
import { int, type Initializer, type OnnxNode } from "../lower/lowering.js";
import { NEW, STATE } from "../trace/trace.js";
import type { Model, ModelPort } from "./model.js";

/** Names of the one input and of the one output. */
export const NUMBERS_IN = "numbers/in";
export const NUMBERS_OUT = "numbers/out";
const LENGTHS = "numbers/lengths";

/** Numbers of the longest vector that is bundled. */
const MOST_NUMBERS = 8;

/** Where the numbers of a port are in the bundle. */
interface Slot {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

export interface Bundled {
  readonly model: Model;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
}

/** Vectors of a few numbers come in as one, which is cut into what they were used as, and go out as one. State stays as it is. */
export function bundleNumbers(model: Model): Bundled {
  const [inputs, outputs] = [slotsOf(model.inputs), slotsOf(model.outputs)];
  let { nodes, initializers } = model;
  if (inputs.length > 0) {
    const cuts = new Set<OnnxNode>();
    const pieces = inputs.flatMap((slot) => {
      const users = nodes.filter((node) => node.inputs.includes(slot.name));
      const lengths = users.length === 1 ? lengthsOfCut(users[0], initializers) : undefined;
      if (!lengths) return [slot];
      cuts.add(users[0]);
      return users[0].outputs.map((name, i) => ({ name, length: lengths[i] }));
    });
    const lengths = pieces.map(({ length }) => length);
    initializers = [...initializers, { name: LENGTHS, dtype: "int64", shape: [lengths.length], data: lengths }];
    const cut: OnnxNode = {
      op: "Split",
      domain: "",
      inputs: [NUMBERS_IN, LENGTHS],
      outputs: pieces.map(({ name }) => name),
      attributes: { axis: int(0) },
    };
    nodes = [cut, ...nodes.filter((node) => !cuts.has(node))];
  }
  if (outputs.length > 0) {
    const joined = outputs.map(({ name }) => name);
    nodes = [
      ...nodes,
      { op: "Concat", domain: "", inputs: joined, outputs: [NUMBERS_OUT], attributes: { axis: int(0) } },
    ];
  }
  return {
    model: {
      ...model,
      nodes,
      initializers,
      inputs: withBundle(model.inputs, inputs, NUMBERS_IN),
      outputs: withBundle(model.outputs, outputs, NUMBERS_OUT),
    },
    inputs,
    outputs,
  };
}

/** Of the ports that can be bundled; none for a single one. */
function slotsOf(ports: readonly ModelPort[]): readonly Slot[] {
  const slots: Slot[] = [];
  let offset = 0;
  for (const { name, shape, dtype } of ports) {
    const [length] = shape;
    const small = dtype === "float32" && shape.length === 1 && typeof length === "number" && length <= MOST_NUMBERS;
    if (!small || name.startsWith(STATE) || name.startsWith(NEW)) continue;
    slots.push({ name, offset, length });
    offset += length;
  }
  return slots.length > 1 ? slots : [];
}

/** Numbers of all slots together. */
export const numbersOf = (slots: readonly Slot[]): number => slots.reduce((sum, { length }) => sum + length, 0);

/** Lengths of the pieces when the node cuts its input along its only axis. */
const lengthsOfCut = ({ op, inputs }: OnnxNode, initializers: readonly Initializer[]): readonly number[] | undefined =>
  op === "Split"
    ? (initializers.find(({ name }) => name === inputs[1])?.data as readonly number[] | undefined)
    : undefined;

function withBundle(ports: readonly ModelPort[], slots: readonly Slot[], name: string): readonly ModelPort[] {
  if (slots.length === 0) return ports;
  const bundled = new Set(slots.map((slot) => slot.name));
  return [...ports.filter((port) => !bundled.has(port.name)), { name, shape: [numbersOf(slots)], dtype: "float32" }];
}
