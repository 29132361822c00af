/** @file A sweep file that was read: every default filled in, every name resolved. */
import type { ParamValue, Pruner, Sampler, Space } from "../contracts.js";
import type { Objective } from "../runner/contract.js";

/** A plugin with its settings, as they stand in the file. */
export interface NamedSettings {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface SweepSpec {
  readonly name?: string;
  readonly description?: string;
  /** At least one. */
  readonly objectives: readonly Objective[];
  /** With a parameter `variant` when variants are named. */
  readonly space: Space;
  /** Ready for `createStudy`. */
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  /** Number of trials; undefined only together with `hours`. */
  readonly trials?: number;
  /** Different trials that the sampler can suggest, undefined when there is no end. */
  readonly size?: number;
  readonly variants: readonly string[];
  /** One run each; the value of a trial is the median over them. */
  readonly seeds: readonly number[];
  /** Of the suggestions. */
  readonly seed: number;
  readonly dataset?: string;
  readonly data: Readonly<Record<string, ParamValue>>;
  /** Of each run. */
  readonly kimg?: number;
  /** After which no new trial is begun. */
  readonly hours?: number;
  readonly batch?: number;
  /** Metrics that are computed beside the objectives. */
  readonly metrics: readonly string[];
  readonly engine?: string;
  readonly provider?: string;
  /** Whether the engine may choose by measuring how it computes. */
  readonly measureLowerings?: boolean;
  readonly workers?: number;
  readonly threads?: number;
  readonly executor: NamedSettings;
}
