/** @file Models that run one after the other on the same state, as one model. */
import { inChain } from "@gan-arena/core/base";
import { workKey, type Initializer } from "../lower/lowering.js";
import { NEW, STATE } from "../trace/trace.js";
import type { Model, ModelPort } from "./model.js";

/**
 * Inputs and outputs of a model are called by its position, a state entry by its own name: what a model replaces, the
 * later ones read. Only the last value of an entry comes out. What several models make of the same entry, the parts of its
 * vector, is made once.
 */
export function chainModels(name: string, models: readonly Model[]): Model {
  const nodes: Model["nodes"][number][] = [];
  const inputs = new Map<string, ModelPort>();
  const outputs = new Map<string, ModelPort>();
  const initializers = new Map<Initializer, Initializer>();
  /** Results of nodes, by what the node does to what. */
  const made = new Map<string, readonly string[]>();
  /** What holds each state entry now. */
  const current = new Map<string, string>();
  for (const [position, model] of models.entries()) {
    const names = new Map<string, string>();
    for (const initializer of model.initializers) {
      // Plays of one phase are the same model, and share its constants.
      const shared = initializers.get(initializer) ?? { ...initializer, name: `c${initializers.size}` };
      initializers.set(initializer, shared);
      names.set(initializer.name, shared.name);
    }
    for (const port of model.inputs) {
      const own = isState(port) ? (current.get(port.name) ?? port.name) : inChain(position, port.name);
      names.set(port.name, own);
      if (own === port.name || !isState(port)) inputs.set(own, { ...port, name: own });
    }
    const named = (value: string): string => (value === "" ? "" : (names.get(value) ?? inChain(position, value)));
    const ports = new Set(model.outputs.map((port) => port.name));
    for (const node of model.nodes) {
      const inputs = node.inputs.map(named);
      const work = workKey({ ...node, inputs });
      const known = node.outputs.some((output) => ports.has(output)) ? undefined : made.get(work);
      if (known) node.outputs.forEach((output, i) => names.set(output, known[i]));
      else {
        const outputs = node.outputs.map(named);
        nodes.push({ ...node, inputs, outputs });
        made.set(work, outputs);
      }
    }
    for (const port of model.outputs) {
      const value = named(port.name);
      const entry = port.name.startsWith(NEW) ? port.name.slice(NEW.length) : undefined;
      if (entry !== undefined) current.set(STATE + entry, value);
      outputs.set(entry === undefined ? value : port.name, { ...port, name: entry === undefined ? value : port.name });
    }
  }
  // The value that is an entry's last one is called as the entry.
  const last = new Map([...current].map(([input, value]) => [value, NEW + input.slice(STATE.length)]));
  const renamed = (value: string): string => last.get(value) ?? value;
  return {
    name,
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) })),
    initializers: [...initializers.values()],
    inputs: [...inputs.values()],
    outputs: [...outputs.values()],
  };
}

const isState = ({ name }: ModelPort): boolean => name.startsWith(STATE);
