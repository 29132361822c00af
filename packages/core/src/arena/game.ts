/** @file A variant made ready to be played: its phases traced once, so that every shape and every name is known. */
import type { DataSpec } from "../contracts/dataset.js";
import type { Engine, StateSpec } from "../contracts/engine.js";
import type { Packing, TensorSpec } from "../contracts/tensors.js";
import type { Network, Phase, View } from "../contracts/variant.js";
import type { AnyVariant } from "../di.js";
import { recordNetwork, type NetworkLayout } from "../nn/index.js";
import type { OptimizerSpec } from "../optimizers/optimizer.js";
import { applyParts } from "../parts/apply.js";
import { declare, type Declaration } from "./check-variant.js";
import { RESERVED_NETWORKS, RESERVED_SLOTS, stateSpecOf } from "./entries.js";
import { badVariant } from "./errors.js";
import { lazyCorrection } from "./schedule.js";
import { type TraceContext, tracePhase, traceView } from "./trace.js";

/** Terms that are summed, and the networks that descend the sum. */
export interface TermGroup {
  readonly networks: readonly string[];
  readonly terms: readonly string[];
}

export interface PhasePlan {
  readonly phase: Phase;
  /** Networks that the loss calls, in the order of the variant. */
  readonly uses: readonly string[];
  /** What is drawn for one play, with the batch axis. */
  readonly draws: Readonly<Record<string, TensorSpec>>;
  readonly groups: readonly TermGroup[];
  /** Whether the loss returns its terms grouped by network: a simultaneous move. */
  readonly grouped: boolean;
  readonly probes: readonly string[];
  readonly emits: Readonly<Record<string, TensorSpec>>;
  readonly remembers: readonly string[];
  /** Logged names of what the program returns as `scalars`: terms, then sums of more than one term, then probes. */
  readonly scalars: readonly string[];
  /** How many of `scalars` must be finite: terms and sums. */
  readonly finite: number;
  /** Names of the numbers in the input `hyper`: `<network>/<scalar>` and `<network>/average`. */
  readonly hyper: readonly string[];
  /** Whether a play shows real images to a critic that it moves. */
  readonly showsReal: boolean;
}

export interface ViewPlan {
  readonly view: View;
  readonly uses: readonly string[];
  readonly draws: Readonly<Record<string, TensorSpec>>;
  readonly output: TensorSpec;
}

export interface Game {
  readonly variant: string;
  readonly batchSize: number;
  readonly data: DataSpec;
  readonly networks: Readonly<Record<string, Network>>;
  readonly layouts: Readonly<Record<string, NetworkLayout>>;
  /** With the correction for lazy phases. */
  readonly optimizers: Readonly<Record<string, OptimizerSpec>>;
  /** Half-lives in kimg. */
  readonly averages: Readonly<Record<string, number>>;
  readonly phases: readonly PhasePlan[];
  readonly views: readonly ViewPlan[];
  readonly stateSpec: StateSpec;
}

/** Views are drawn in batches of this many samples, whatever number is asked for: sample i never depends on it. */
export const VIEW_BATCH = 64;

export interface GameOptions {
  readonly variant: AnyVariant;
  /** Parsed by the variant's schema. */
  readonly config: unknown;
  readonly data: DataSpec;
  readonly engine: Engine;
  readonly batchSize: number;
}

/**
 * Checks a variant and traces every phase and view once: phases first, in order, so the first call of a network in
 * training decides its parameters.
 * @throws GanError BAD_PLUGIN when the parts of the variant do not fit together
 * @throws GanError SHAPE_MISMATCH when a network is called with shapes that do not fit its parameters
 */
export async function openGame({ variant, config, data, engine, batchSize }: GameOptions): Promise<Game> {
  const parts = applyParts(variant, config);
  const declared = declare(parts.variant, config, data);
  const optimizers = correctedOptimizers(declared);
  const recorders = Object.fromEntries(
    Object.entries(declared.networks).map(([name, network]) => [name, recordNetwork(name, network)]),
  );
  const context: TraceContext = { declared, optimizers, recorders, engine, data, emitted: {}, logged: new Set() };
  const phases: PhasePlan[] = [];
  for (const phase of declared.phases) phases.push(await tracePhase(phase, batchSize, context));
  parts.check();
  const views: ViewPlan[] = [];
  for (const view of declared.views) views.push(await traceView(view, VIEW_BATCH, context));

  const called = new Set([...phases, ...views].flatMap((plan) => plan.uses));
  const layouts = Object.fromEntries(
    Object.entries(recorders).flatMap(([name, recorder]) => (called.has(name) ? [[name, recorder.layout()]] : [])),
  );
  return {
    variant: variant.name,
    batchSize,
    data,
    networks: declared.networks,
    layouts,
    optimizers,
    averages: declared.averages,
    phases,
    views,
    stateSpec: stateSpecOf({ layouts, optimizers, averages: declared.averages, phases: declared.phases }),
  };
}

/** The entries that a plan's program may read or replace. */
export const pick = (spec: StateSpec, names: readonly string[]): Record<string, Packing> =>
  Object.fromEntries(names.flatMap((name) => (spec[name] ? [[name, spec[name]]] : [])));

function correctedOptimizers({ variant, networks, optimizers, phases }: Declaration): Record<string, OptimizerSpec> {
  for (const name of RESERVED_NETWORKS)
    if (name in networks) throw badVariant(variant, `the network name "${name}" is taken by the arena`, "rename it");
  return Object.fromEntries(
    Object.entries(optimizers).map(([network, optimizer]) => {
      const taken = optimizer.slots.find((slot) => RESERVED_SLOTS.includes(slot));
      if (taken !== undefined)
        throw badVariant(`${variant}/${network}`, `the optimiser's slot name "${taken}" is taken by the arena`, "rename it");
      const c = lazyCorrection(phases, network);
      return [network, c === 1 ? optimizer : optimizer.scaled(c)];
    }),
  );
}
