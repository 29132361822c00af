/** @file What a comparison is going to play: checked as a whole before the first cell starts. */
import { named, ENGINE, VARIANT, type RunOptions } from "@gan-arena/core/base";
import type { ComparisonSpec } from "@gan-arena/tracking";
import { availableParallelism } from "node:os";
import { badConfig, suggest } from "@gan-arena/core/base";
import type { Assignment } from "../config/assignment.js";
import type { Context } from "../context.js";
import { portable } from "../plugins/resolve.js";
import { makeEngine } from "../runs/engine.js";
import { planRun } from "../runs/prepare.js";
import type { TrainingSettings } from "../runs/training-options.js";

/** What the cells of a comparison have in common beside the spec's own fields; kept in `comparison.json`. */
export interface CellOptions {
  readonly set: readonly Assignment[];
  readonly data: readonly Assignment[];
  readonly engine: string;
  readonly provider?: string;
  /** Absent in comparisons that are older than it. */
  readonly measureLowerings?: boolean;
  readonly threads: number;
  readonly jobs: number;
  readonly options: Partial<RunOptions>;
  readonly plugins: readonly string[];
}

export interface CompareRequest {
  readonly variants: readonly string[];
  readonly seeds: readonly number[];
  readonly settings: TrainingSettings;
  /** Runs at the same time; default: one for each core. */
  readonly jobs?: number;
  /** Threads of each run; default: the cores shared out among the runs. */
  readonly threads?: number;
}

/**
 * Resolves every name and checks every setting of every variant, and fixes one budget for all: the largest that a
 * variant would take by itself when none is given.
 * @throws GanError UNKNOWN_NAME, BAD_CONFIG, BAD_PLUGIN
 */
export async function planComparison(context: Context, request: CompareRequest): Promise<ComparisonSpec> {
  const { settings } = request;
  const variants = [...new Set(request.variants)];
  const seeds = [...new Set(request.seeds)];
  const container = await context.compose(["variants", "datasets", "metrics", "engines"]);
  for (const name of variants) named(container, VARIANT, name, "variant");
  if (settings.engine !== "auto") named(container, ENGINE, settings.engine, "engine");
  // Better once here than in every cell.
  if (settings.provider !== undefined) await (await makeEngine(container, { ...settings, threads: 1 })).dispose();
  for (const { target } of settings.set)
    if (target !== undefined && !variants.includes(target))
      throw badConfig(`--set ${target}:…`, `"${target}" is not compared here; ${suggest(target, variants)}`);

  const plans = [];
  for (const variant of variants)
    plans.push(await planRun(context, container, { ...settings, variant, set: assignmentsFor(variant, settings.set) }));
  const [first] = plans;
  if (!first) throw badConfig("compare", "no variant is named; add --variants a,b,c");

  const cores = availableParallelism();
  const cells = seeds.flatMap((seed) => variants.map((variant) => ({ variant, seed })));
  const jobs = Math.min(request.jobs ?? cores, cells.length);
  const options: CellOptions = {
    set: settings.set,
    data: settings.data,
    engine: settings.engine,
    ...(settings.provider === undefined ? {} : { provider: settings.provider }),
    measureLowerings: settings.measureLowerings,
    threads: request.threads ?? Math.max(1, Math.floor(cores / jobs)),
    jobs,
    options: settings.options,
    plugins: context.plugins.map(portable),
  };
  const { newComparisonId } = await import("@gan-arena/tracking");
  return {
    formatVersion: 1,
    comparisonId: newComparisonId(settings.dataset),
    createdAt: new Date().toISOString(),
    variants,
    seeds,
    dataset: settings.dataset,
    datasetConfig: first.datasetConfig,
    kimg: settings.options.kimg ?? Math.max(...plans.map((plan) => plan.options.kimg)),
    metrics: first.metrics.map((metric) => metric.name),
    options: { ...options },
    cells,
  };
}

/** Assignments without a target are for every variant. */
const assignmentsFor = (variant: string, all: readonly Assignment[]): Assignment[] =>
  all.filter(({ target }) => target === undefined || target === variant);

export const cellOptions = (spec: ComparisonSpec): CellOptions => spec.options as unknown as CellOptions;

/** The words after `gan-arena` that play a cell from its start. */
export function trainWords(spec: ComparisonSpec, cell: { readonly variant: string; readonly seed: number }): string[] {
  const { set, data, engine, provider, measureLowerings = false, threads, options } = cellOptions(spec);
  const { kimg: _, ...rest } = options;
  const fixed = {
    "--dataset": spec.dataset,
    "--kimg": spec.kimg,
    "--seed": cell.seed,
    "--engine": engine,
    "--threads": threads,
    "--comparison": spec.comparisonId,
    ...(provider === undefined ? {} : { "--provider": provider }),
  };
  return [
    "train",
    cell.variant,
    ...Object.entries(fixed).flatMap(([name, value]) => [name, String(value)]),
    measureLowerings ? "--measure-lowerings" : "--deterministic",
    ...(spec.metrics.length > 0 ? ["--metrics", spec.metrics.join(",")] : []),
    ...assignmentsFor(cell.variant, set).flatMap(({ path, text }) => ["--set", `${path}=${text}`]),
    ...data.flatMap(({ path, text }) => ["--data", `${path}=${text}`]),
    ...Object.entries(rest).flatMap(([name, value]) => [OPTION_OF[name as keyof typeof rest], String(value)]),
  ];
}

const OPTION_OF: Readonly<Record<Exclude<keyof RunOptions, "kimg">, string>> = {
  batchSize: "--batch",
  logKimg: "--log-kimg",
  checkpointKimg: "--checkpoint-kimg",
  pictureKimg: "--picture-kimg",
  metricKimg: "--metric-kimg",
};
