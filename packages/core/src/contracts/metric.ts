/** @file Metrics: how good a generator is, under a protocol that is part of the name. */
import type { DataSource, MixtureTruth } from "./dataset.js";
import type { HostTensor, HostTensors } from "./tensors.js";
import type { Translates } from "./variant.js";

/** What a metric may know of a generator that translates. */
export interface Translation extends Translates {
  /**
   * The samples of the test split, all fields, that the first `n` of `generate` were made from: sample i of `generate` is
   * sample i of the field `from`, translated. With `DataSpec.pairs` sample i of the field `to` is its true partner.
   */
  readonly drawn: (n: number) => HostTensors;
}

export interface MetricContext {
  /** Seeds the metric's own choices (projections, subsets); the same for every run of a comparison. */
  readonly seed: number;
  readonly train: DataSource;
  readonly test: DataSource;
  readonly truth?: MixtureTruth;
  /** `n` generated samples `[n,…]`, the same ones at each call with the same `n`. */
  readonly generate: (n: number) => Promise<HostTensor>;
  /** Set when the samples are translations: they should look like its field `to`, not like `x`. */
  readonly translation?: Translation;
}

export interface MetricResult {
  readonly value: number;
  /** Number of generated samples that were looked at. */
  readonly samples: number;
  readonly split: "train" | "test" | "none";
  /** More numbers that belong to the same protocol, for example counts per mode. */
  readonly details?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Metric {
  /** Carries the protocol, for example `swd2k`. */
  readonly name: string;
  /** Everything that must be equal for two results to be ranked together. */
  readonly protocol: string;
  readonly summary: string;
  readonly better: "lower" | "higher";
  /** Undefined when the metric can judge this data, and this kind of generator, else why not. */
  unsuitable(context: {
    readonly train: DataSource;
    readonly truth?: MixtureTruth;
    readonly translates?: Translates;
  }): string | undefined;
  compute(context: MetricContext): Promise<MetricResult>;
}
