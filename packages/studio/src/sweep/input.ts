/** @file What the report of a sweep is made of: plain data. */

type ParamValue = string | number | boolean | null;

/** One trial. */
export interface SweepTrial {
  readonly number: number;
  /** `open`: begun, and not ended yet. */
  readonly state: "open" | "complete" | "pruned" | "failed";
  /** By path; parameters that are not active are missing. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** One for each objective; those of a pruned trial are the last ones reported. */
  readonly values: readonly number[];
  /** The first objective by seed, where there are several. */
  readonly seedValues: readonly number[];
  /** Values of the first objective on the way. */
  readonly reports: readonly (readonly [kimg: number, value: number])[];
  /** Of training, over all seeds. */
  readonly seconds: number;
  readonly message?: string;
}

export interface SweepParameter {
  readonly path: string;
  /** Drawn on a logarithmic axis. */
  readonly log: boolean;
}

export interface SweepReportInput {
  readonly title: string;
  readonly sweepId: string;
  readonly method: string;
  readonly dataset: string;
  /** For example `5 kimg per run, 3 seeds`. */
  readonly budget: string;
  /** ISO 8601. */
  readonly generatedAt: string;
  readonly objectives: readonly { readonly name: string; readonly goal: "minimize" | "maximize" }[];
  /** Parameters that vary, in the order in which they are shown. */
  readonly parameters: readonly SweepParameter[];
  /** In order of number. */
  readonly trials: readonly SweepTrial[];
  /** Numbers of complete trials, best first; with several objectives those that no other beats in all. */
  readonly ranking: readonly number[];
  /** Shares of the variance of the objective that each parameter explains. */
  readonly importance: readonly { readonly path: string; readonly value: number }[];
  /** Trains the best trial again. */
  readonly bestCommand?: string;
  readonly notes: readonly string[];
}
