/** @file A sweep file as everything that is needed to play it: read, and checked against what is installed. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  allOf,
  badConfig,
  DATASET,
  ENGINE,
  GanError,
  METRIC,
  named,
  VARIANT,
  type AnyVariant,
  type DependencyContainer,
} from "@gan-arena/core/base";
import {
  checkSpec,
  EXECUTOR,
  History,
  parseSpec,
  PRUNER,
  SAMPLER,
  type Objective,
  type Params,
  type SpecContext,
  type SweepSpec,
} from "@gan-arena/sweep";
import { parse } from "yaml";
import { assignAll } from "../config/assignments.js";
import type { Context } from "../context.js";
import type { PluginReference } from "../plugins/resolve.js";
import { planRun, type Plan } from "../runs/prepare.js";
import { assignmentsOf, variantOf } from "./words.js";

/** The text of a sweep file; kept with the sweep, so that a file that was changed since changes nothing. */
export interface SweepFile {
  /** Named in messages. */
  readonly file: string;
  readonly text: string;
}

export interface CheckedSweep {
  readonly source: SweepFile;
  readonly spec: SweepSpec;
  readonly container: DependencyContainer;
  readonly dataset: string;
  /** Budget of each run. */
  readonly kimg: number;
  /** That each run computes. */
  readonly metrics: readonly string[];
  /** True when the file names seeds: then every trial has the same ones. */
  readonly namesSeeds: boolean;
}

/** Objectives that are no metrics. */
const COSTS = new Set(["seconds", "kimg", "gradientEvaluations"]);

/** @throws GanError BAD_CONFIG */
export async function readSweepFile(path: string): Promise<SweepFile> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const reason =
      error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code ?? "unknown reason"})`;
    throw badConfig(
      `sweep ${path}`,
      `${reason}; name a sweep file such as examples/sweeps/quick.yaml, or one of: gan-arena sweep check, resume, show, list`,
    );
  });
  return { file: basename(path), text };
}

/**
 * Reads and checks a sweep. Every name is resolved, and a sample of its trials is checked setting by setting, so that a
 * typing error is found before the first trial and not by the last.
 * @throws GanError with file and line
 */
export async function checkSweep(
  context: Context,
  source: SweepFile,
  plugins: readonly PluginReference[] = [],
): Promise<CheckedSweep> {
  const container = await context.compose(["variants", "datasets", "metrics", "engines", "executors"], plugins);
  const spec = parseSpec(source.text, source.file, contextOf(container));
  const dataset = spec.dataset ?? context.config.values.defaults.dataset;
  if (dataset === undefined)
    throw badConfig(source.file, "no data set is named; add for example dataset: ring, or see: gan-arena datasets");
  const metrics = [
    ...new Set([...spec.objectives.map(({ name }) => name).filter((name) => !COSTS.has(name)), ...spec.metrics]),
  ];
  if (spec.pruner.name === "pbt" && spec.seeds.length > 1)
    throw badConfig(
      `${source.file}:${lineOf(source.text, "seeds") ?? 1} seeds`,
      "population based training changes a trial on the way, and its other seeds cannot follow; leave seeds out",
    );
  const plans = await planVariants(context, { container, source, spec, dataset, metrics });
  return {
    source,
    spec,
    container,
    dataset,
    kimg: spec.kimg ?? Math.max(...plans.map(({ options }) => options.kimg)),
    metrics,
    namesSeeds: (parse(source.text) as { seeds?: unknown } | null)?.seeds !== undefined,
  };
}

const contextOf = (container: DependencyContainer): SpecContext => ({
  variants: Object.fromEntries(allOf(container, VARIANT).map(({ name, searchSpace }) => [name, searchSpace])),
  datasets: allOf(container, DATASET).map(({ name }) => name),
  metrics: Object.fromEntries(allOf(container, METRIC).map(({ name, better }) => [name, better])),
  executors: allOf(container, EXECUTOR).map(({ name }) => name),
  engines: allOf(container, ENGINE).map(({ name }) => name),
  samplers: allOf(container, SAMPLER),
  pruners: allOf(container, PRUNER),
});

/** What is allowed and probably not meant, with file and line. */
export const warningsOf = ({ source, container }: CheckedSweep): string[] =>
  checkSpec(source.text, contextOf(container)).warnings.map(
    ({ line, path, message }) => `[${source.file}:${line} ${path.join(".")}] ${message}`,
  );

const MOST_SAMPLES = 64;

/** What the first trials would be if nothing were learnt from them. */
export function sampleTrials({ space, sampler, objectives, seed, size, trials }: SweepSpec, count: number): Params[] {
  const history = new History(
    space,
    objectives.map(({ goal }: Objective) => goal),
  );
  const number = Math.min(count, size ?? Infinity, trials ?? Infinity);
  return Array.from({ length: number }, (_, i) => sampler.suggest({ space, history, number: i, seed }));
}

type Parts = Pick<CheckedSweep, "container" | "source" | "spec" | "dataset" | "metrics">;

/** One plan for each variant that trials may have. */
async function planVariants(context: Context, { container, source, spec, dataset, metrics }: Parts): Promise<Plan[]> {
  const samples = sampleTrials(spec, MOST_SAMPLES);
  const plans = new Map<string, Plan>();
  for (const params of samples) {
    const name = variantOf(params, source.file);
    const variant = named(container, VARIANT, name, "variant");
    checkSettings(variant, params, source);
    if (plans.has(name)) continue;
    const data = Object.entries(spec.data).map(([path, value]) => ({ path, text: String(value) }));
    const options = spec.kimg === undefined ? {} : { kimg: spec.kimg };
    const request = { variant: name, dataset, set: assignmentsOf(params), data, metrics, options };
    plans.set(name, await inFile(source, () => planRun(context, container, request)));
  }
  return [...plans.values()];
}

function checkSettings(variant: AnyVariant, params: Params, source: SweepFile): void {
  try {
    assignAll(variant.config, assignmentsOf(params), variant.name);
  } catch (error) {
    if (!(error instanceof GanError)) throw error;
    const path = /^\[\S+ ([\w.-]+)/u.exec(error.message)?.[1];
    throw placed(error, source, path === undefined ? undefined : lineOf(source.text, path));
  }
}

async function inFile<T>(source: SweepFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof GanError ? placed(error, source, undefined) : error;
  }
}

/** The message with the file, and the line where it is known, in front. */
function placed(error: GanError, { file }: SweepFile, line: number | undefined): GanError {
  const place = line === undefined ? file : `${file}:${line}`;
  return new GanError(error.code, error.message.replace(/^\[/u, `[${place} `), { cause: error });
}

/** Where a parameter is written, from 1: its whole path, or else its last name. */
function lineOf(text: string, path: string): number | undefined {
  const lines = text.split("\n");
  for (const key of [path, path.split(".").at(-1) ?? path]) {
    const pattern = new RegExp(String.raw`^\s*["']?${key.replaceAll(/[^\w]/gu, String.raw`\$&`)}["']?\s*:`, "u");
    const line = lines.findIndex((candidate) => pattern.test(candidate));
    if (line >= 0) return line + 1;
  }
  return undefined;
}
