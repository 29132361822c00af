/**
 * @file The words of a sweep: what is searched, what was tried, who suggests and who stops.
 *
 * A parameter is known by its path in a config, `optimizer.D.lr`; a trial's params are flat, keyed by that path, and hold
 * the active parameters only. Inside, losses are always minimised: values of a maximised objective have their sign turned.
 */
import type { History } from "./study/history.js";

export type ParamValue = string | number | boolean | null;
/** The active parameters of a trial by path. */
export type Params = Readonly<Record<string, ParamValue>>;

/** Numbers between two bounds, both of which can be drawn. */
export interface RangeDistribution {
  readonly kind: "range";
  readonly min: number;
  readonly max: number;
  /** Uniform in the logarithm. */
  readonly log: boolean;
  /** Only min, min + step, …, max. */
  readonly step?: number;
  readonly int: boolean;
}

/** A normal distribution, or with `log` that of the logarithm, cut off at {@link NORMAL_REACH} sigmas. */
export interface NormalDistribution {
  readonly kind: "normal";
  readonly mu: number;
  readonly sigma: number;
  readonly log: boolean;
  /** Rounded to multiples of it. */
  readonly step?: number;
}

export interface ChoiceDistribution {
  readonly kind: "choice";
  readonly values: readonly ParamValue[];
  /** One for each value, sum 1; equal ones when left out. */
  readonly probabilities?: readonly number[];
}

export interface ConstantDistribution {
  readonly kind: "constant";
  readonly value: ParamValue;
}

export type Distribution = RangeDistribution | NormalDistribution | ChoiceDistribution | ConstantDistribution;

/** A parameter with this condition is active only while the parent is active and has one of the values. */
export interface Condition {
  readonly parent: string;
  readonly values: readonly ParamValue[];
}

export interface Parameter {
  /** Unlike all others of its space: the path, followed by the conditions when two parameters share one path. */
  readonly id: string;
  readonly path: string;
  readonly distribution: Distribution;
  /** All of them must hold. */
  readonly when: readonly Condition[];
}

export interface Space {
  /** Parents before their children; of two parameters with one path at most one is active. */
  readonly parameters: readonly Parameter[];
}

export type Direction = "minimize" | "maximize";

/** `running`: asked for and not told yet. A value of NaN makes a trial `failed`, an infinite one does not. */
export type TrialState = "running" | "complete" | "pruned" | "failed";

/** A trial as samplers, pruners and reports see it. */
export interface Trial {
  /** From 0. */
  readonly number: number;
  readonly params: Params;
  readonly state: TrialState;
  /** One for each objective, as they were told; empty while it runs or when it failed. */
  readonly values: readonly number[];
  /** Values on the way by step, in the order in which they were reported. */
  readonly reports: ReadonlyMap<number, number>;
}

/** What a trial is to do after a report. */
export type Decision =
  | { readonly action: "continue" }
  | { readonly action: "prune" }
  /** Population based training: go on from the last checkpoint of trial `from`, with these params. */
  | { readonly action: "exploit"; readonly from: number; readonly params: Params };

export interface SuggestRequest {
  readonly space: Space;
  readonly history: History;
  /** Number of the trial that is asked for. */
  readonly number: number;
  /** Of the study. */
  readonly seed: number;
}

/** Suggests params. A pure function of its request: what it keeps between calls may save time and nothing else. */
export interface Sampler {
  readonly name: string;
  suggest(request: SuggestRequest): Params;
  /** Number of different trials it can suggest, undefined when there is no end. @throws GanError for a space it cannot search */
  size?(space: Space): number | undefined;
  /** True when a suggestion depends on (space, number, seed) alone, never on results: such a sweep can be rendered in advance. */
  readonly oblivious?: boolean;
}

export interface PrunerContext {
  /** Of the first objective. */
  readonly direction: Direction;
  readonly seed: number;
  readonly space: Space;
  /** The step at which a trial is done, when it is known: kimg of the budget. */
  readonly maxStep?: number;
}

/** Sees every report of a study, in order. */
export interface PrunerSession {
  /** After `value` at `step` was added to the trial's reports. Losses and trials as in {@link Trial}: the sign is not turned. */
  report(trial: Trial, step: number, value: number): Decision;
  /** A trial has ended. */
  finish?(trial: Trial): void;
  /** A failed trial is played again from its start: what it reported is forgotten. */
  forget?(trial: Trial): void;
}

/** Decides which trials stop early. */
export interface Pruner {
  readonly name: string;
  open(context: PrunerContext): PrunerSession;
}
