/** @file Models that run one after the other on the same state, as one model. */
import { inChain } from "@gan-arena/core/base";
import type { Initializer } from "../lower/lowering.js";
import { NEW, STATE } from "../trace/trace.js";
import type { Model, ModelPort } from "./model.js";

/**
 * Inputs and outputs of a model are called by its position, a state entry by its own name: what a model replaces, the
 * later ones read. Only the last value of an entry comes out.
 */
export function chainModels(name: string, models: readonly Model[]): Model {
  const nodes: Model["nodes"][number][] = [];
  const inputs = new Map<string, ModelPort>();
  const outputs = new Map<string, ModelPort>();
  const initializers = new Map<Initializer, Initializer>();
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
    for (const node of model.nodes)
      nodes.push({ ...node, inputs: node.inputs.map(named), outputs: node.outputs.map(named) });
    for (const port of model.outputs) {
      const made = named(port.name);
      const entry = port.name.startsWith(NEW) ? port.name.slice(NEW.length) : undefined;
      if (entry !== undefined) current.set(STATE + entry, made);
      outputs.set(entry === undefined ? made : port.name, { ...port, name: entry === undefined ? made : port.name });
    }
  }
  // The value that is an entry's last one is called as the entry.
  const last = new Map([...current].map(([input, made]) => [made, NEW + input.slice(STATE.length)]));
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
