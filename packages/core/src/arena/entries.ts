/** @file Names and layouts of the vectors that a game's state is made of. */
import type { StateSpec } from "../contracts/engine.js";
import type { Packing } from "../contracts/tensors.js";
import type { Phase } from "../contracts/variant.js";
import type { NetworkLayout } from "../nn/index.js";
import type { OptimizerSpec } from "../optimizers/optimizer.js";
import { unpack } from "../tensor/pack.js";
import type { Tensor } from "../tensor/tf.js";

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

/** The vectors of memory that a phase sees: its own, and those that it reads numbers of. */
export const memoriesOf = ({ name, reads = {} }: Phase, phases: readonly Phase[]): Record<string, Packing> =>
  Object.fromEntries(
    phases
      .filter((phase) => hasMemory(phase))
      .filter((phase) => phase.name === name || Object.values(reads).some((read) => read.phase === phase.name))
      .map((phase) => [memoryEntry(phase.name), memoryPacking(phase)]),
  );

/** The numbers that a phase remembers or reads, by the names that its loss knows. */
export function cellsOf(
  phase: Phase,
  phases: readonly Phase[],
  state: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const { name, memory = {}, reads = {} } = phase;
  const kept: Record<string, Record<string, Tensor>> = {};
  for (const [entry, packing] of Object.entries(memoriesOf(phase, phases))) {
    const cells = unpack(state[entry], packing);
    kept[entry] = Object.fromEntries(packing.parts.map((part, i) => [part.name, cells[i]]));
  }
  return Object.fromEntries([
    ...Object.keys(memory).map((cell) => [cell, kept[memoryEntry(name)][cell]] as const),
    ...Object.entries(reads).map(([known, read]) => [known, kept[memoryEntry(read.phase)][read.cell]] as const),
  ]);
}

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
