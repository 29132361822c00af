/** @file Names and layouts of the vectors that a game's state is made of. */
import type { StateSpec } from "../contracts/engine.js";
import type { Packing } from "../contracts/tensors.js";
import type { Phase } from "../contracts/variant.js";
import type { NetworkLayout } from "../nn/index.js";
import type { OptimizerSpec } from "../optimizers/optimizer.js";

/** Second halves of entry names that no optimiser's slot may take. */
export const RESERVED_SLOTS: readonly string[] = ["params", "states", "average"];
const MEMORY = "memory";
/** First halves of names of state entries and of tensors in checkpoints that no network may take. */
export const RESERVED_NETWORKS: readonly string[] = [MEMORY, "arena"];

export const paramsEntry = (network: string): string => `${network}/params`;
export const statesEntry = (network: string): string => `${network}/states`;
/** The averaged parameters. States are not averaged: views take the network's own, as StyleGAN's code does. */
export const averageEntry = (network: string): string => `${network}/average`;
export const slotEntry = (network: string, slot: string): string => `${network}/${slot}`;
export const memoryEntry = (phase: string): string => `${MEMORY}/${phase}`;

export const hasMemory = (phase: Phase): boolean => Object.keys(phase.memory ?? {}).length > 0;

export const memoryPacking = (phase: Phase): Packing => ({
  parts: Object.keys(phase.memory ?? {}).map((name) => ({ name, shape: [], role: "plain" })),
});

export interface StateLayout {
  readonly layouts: Readonly<Record<string, NetworkLayout>>;
  readonly optimizers: Readonly<Record<string, OptimizerSpec>>;
  readonly averages: Readonly<Record<string, number>>;
  readonly phases: readonly Phase[];
}

/** Every vector of a game. Empty vectors are left out; only networks that some phase updates have moments and averages. */
export function stateSpecOf({ layouts, optimizers, averages, phases }: StateLayout): StateSpec {
  const spec: Record<string, Packing> = {};
  const updated = new Set(phases.flatMap((phase) => phase.updates));
  for (const [network, { params, states }] of Object.entries(layouts)) {
    if (params.parts.length > 0) spec[paramsEntry(network)] = params;
    if (states.parts.length > 0) spec[statesEntry(network)] = states;
    if (!updated.has(network)) continue;
    for (const slot of optimizers[network]?.slots ?? []) spec[slotEntry(network, slot)] = params;
    if (network in averages) spec[averageEntry(network)] = params;
  }
  for (const phase of phases) if (hasMemory(phase)) spec[memoryEntry(phase.name)] = memoryPacking(phase);
  return spec;
}
