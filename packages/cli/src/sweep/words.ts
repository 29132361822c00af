/** @file A trial as a command: the words after `gan-arena` that train it. */
import { badConfig } from "@gan-arena/core/base";
import type { Params } from "@gan-arena/sweep";
import type { Assignment } from "../config/assignment.js";

/** The axis of variants. */
const VARIANT_PARAMETER = "variant";

/** @throws GanError BAD_CONFIG when the trial has none */
export function variantOf(params: Params, file: string): string {
  const variant = params[VARIANT_PARAMETER];
  if (typeof variant !== "string")
    throw badConfig(file, "no variant is named; add for example variants: [gan, dcgan], or see: gan-arena variants");
  return variant;
}

/** Settings of the variant. */
export const assignmentsOf = (params: Params): Assignment[] =>
  Object.entries(params).flatMap(([path, value]) =>
    path === VARIANT_PARAMETER ? [] : [{ path, text: String(value) }],
  );

/** What the runs of a sweep have in common. */
export interface RunSettings {
  readonly file: string;
  readonly dataset: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly kimg: number;
  readonly batch?: number;
  readonly metrics: readonly string[];
  readonly engine?: string;
  readonly provider?: string;
  readonly measureLowerings?: boolean;
}

/** For people: trains the trial once more, as a run of its own. */
export function trainWords(settings: RunSettings, params: Params, seed: number): string[] {
  const { dataset, data, kimg, batch, metrics, engine, provider, measureLowerings = false } = settings;
  const fixed = {
    "--dataset": dataset,
    "--kimg": kimg,
    "--batch": batch,
    "--engine": engine,
    "--provider": provider,
    "--seed": seed,
  };
  return [
    "train",
    variantOf(params, settings.file),
    ...Object.entries(fixed).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
    ...Object.entries(data).flatMap(([key, value]) => ["--data", `${key}=${String(value)}`]),
    ...assignmentsOf(params).flatMap(({ path, text }) => ["--set", `${path}=${text}`]),
    ...(metrics.length > 0 ? ["--metrics", metrics.join(",")] : []),
    ...(measureLowerings ? ["--measure-lowerings"] : []),
  ];
}

interface Part {
  readonly sweepId: string;
  readonly runId: string;
  readonly threads: number;
  readonly forkOf?: string;
}

/** For the runner: the same, as a part of the sweep, under a name that a second attempt knows again. */
export const jobWords = (words: readonly string[], { sweepId, runId, threads, forkOf }: Part): string[] => [
  ...words,
  "--threads",
  String(threads),
  "--comparison",
  sweepId,
  "--run-id",
  runId,
  ...(forkOf === undefined ? [] : ["--fork-of", forkOf]),
];
