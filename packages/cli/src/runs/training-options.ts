/** @file Options that `train` and `compare` share, and what they mean once the config file's defaults are in. */
import { badConfig, type RunOptions } from "@gan-arena/core/base";
import { readAssignment, type Assignment } from "../config/assignment.js";
import type { Config } from "../config/schema.js";
import { flag, list, number, POSITIVE, repeated, text, whole, type OptionValues } from "../options.js";
import type { EngineChoice } from "./engine.js";

export const TRAINING_OPTIONS = {
  dataset: text("data set, see: gan-arena datasets", { alias: "d" }),
  kimg: number("budget in thousand real images shown to D (default: the variant's)", POSITIVE, { alias: "k" }),
  set: repeated("setting of a variant as path=value, or variant:path=value; may be repeated", { alias: "s" }),
  data: repeated("setting of the data set as key=value; may be repeated"),
  batch: number("batch size (default: the variant's)", whole(1, 65_536)),
  engine: text("auto for the best one present, onnx, cpu, … (default: auto)"),
  provider: text("where the engine onnx computes: cpu, cuda, webgpu, … (default: cpu)"),
  measureLowerings: flag(
    "time the ways to compute each convolution once, and take the fastest (default: a fixed table)",
  ),
  deterministic: flag("a fixed table of them, whatever the config file says: same bits on every machine of one kind"),
  metrics: list("metrics to compute (default: every one that can judge the data set)"),
  logKimg: number("kimg between two rows of the log (default: 1/100 of the budget)", POSITIVE),
  checkpointKimg: number("kimg between two checkpoints (default: 1/10 of the budget)", POSITIVE),
  pictureKimg: number("kimg between two pictures (default: 1/10 of the budget)", POSITIVE),
  metricKimg: number("kimg between two evaluations of the metrics (default: 1/5 of the budget)", POSITIVE),
} as const;

export const THREADS = number("threads of the engine, 0 = as many as there are cores", whole(0, 1024));

export interface TrainingSettings {
  readonly dataset: string;
  readonly set: readonly Assignment[];
  readonly data: readonly Assignment[];
  readonly engine: string;
  readonly provider?: string;
  readonly measureLowerings: boolean;
  readonly metrics?: readonly string[];
  readonly options: Partial<RunOptions>;
}

/**
 * The command line before the config file, the config file before the variant.
 * @param command named in messages
 * @throws GanError BAD_CONFIG when no data set is named, or an assignment is malformed
 */
export function trainingSettings(
  command: string,
  given: OptionValues<typeof TRAINING_OPTIONS>,
  config: Config,
): TrainingSettings {
  const { defaults } = config;
  const dataset = given.dataset ?? defaults.dataset;
  if (dataset === undefined)
    throw badConfig(
      command,
      "no data set is named; add --dataset <name>, for example --dataset ring, or see: gan-arena datasets",
    );
  const metrics = given.metrics ?? defaults.metrics;
  const options: Partial<Record<keyof RunOptions, number | undefined>> = {
    kimg: given.kimg ?? defaults.kimg,
    batchSize: given.batch ?? defaults.batch,
    logKimg: given.logKimg ?? defaults.logKimg,
    checkpointKimg: given.checkpointKimg ?? defaults.checkpointKimg,
    pictureKimg: given.pictureKimg ?? defaults.pictureKimg,
    metricKimg: given.metricKimg ?? defaults.metricKimg,
  };
  return {
    dataset,
    set: given.set.map((word) => readAssignment(word, "--set")),
    data: given.data.map((word) => readAssignment(word, "--data")),
    engine: engineName(given.engine, config),
    ...providerOf(given.provider, config),
    measureLowerings: measures(given, config),
    ...(metrics === undefined ? {} : { metrics }),
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}

const engineName = (given: string | undefined, config: Config): string => given ?? config.engine ?? "auto";

const providerOf = (given: string | undefined, config: Config): { readonly provider?: string } => {
  const provider = given ?? config.provider;
  return provider === undefined ? {} : { provider };
};

interface Measuring {
  readonly measureLowerings?: boolean;
  readonly deterministic?: boolean;
}

const measures = ({ measureLowerings = false, deterministic = false }: Measuring, config: Config): boolean =>
  !deterministic && (measureLowerings || config.measureLowerings === true);

export const engineChoice = (
  given: Measuring & { readonly engine: string | undefined; readonly provider?: string | undefined },
  threads: number | undefined,
  config: Config,
): EngineChoice => ({
  engine: engineName(given.engine, config),
  threads: threads ?? config.threads ?? 0,
  measureLowerings: measures(given, config),
  ...providerOf(given.provider, config),
});
