/** @file What a sweep will cost: images for sure, seconds as far as runs of the kind are in the store. */
import type { Context } from "../context.js";
import type { PlayOptions } from "./options.js";
import { sampleTrials, type CheckedSweep } from "./spec.js";
import { variantOf } from "./words.js";

export interface Cost {
  readonly runs: number | null;
  /** Thousand images shown to D, over all runs, if none is pruned. */
  readonly kimg: number | null;
  /** Wall time; null when nothing is known to judge it by. */
  readonly seconds: number | null;
  /** Number of runs that the time is judged by. */
  readonly judgedBy: number;
}

/** Loading, building the graphs, the first checkpoint: what every run takes beside training. */
const START_SECONDS = 1.5;
const SAMPLES = 64;

export async function costOf(
  context: Context,
  { spec, kimg, dataset, source }: CheckedSweep,
  { trials, workers }: PlayOptions,
): Promise<Cost> {
  const runs = trials === undefined ? null : trials * spec.seeds.length;
  const { RunStore } = await import("@gan-arena/tracking");
  const speeds = new Map<string, number[]>();
  for (const { run, summary } of RunStore.open(context.home, { readOnly: true }).list()) {
    if (run.spec.dataset !== dataset || summary.status !== "finished" || summary.kimg === 0) continue;
    const list = speeds.get(run.spec.variant) ?? [];
    speeds.set(run.spec.variant, list);
    list.push(wallSeconds(run.spec.createdAt, summary.time, summary.seconds) / summary.kimg);
  }
  const variants = sampleTrials(spec, SAMPLES).map((params) => variantOf(params, source.file));
  const known = variants.every((variant) => speeds.has(variant)) && variants.length > 0;
  const each = (variant: string): number => START_SECONDS + kimg * middle(speeds.get(variant) ?? []);
  const mean = variants.reduce((sum, variant) => sum + each(variant), 0) / variants.length;
  const names = [...new Set(variants)];
  return {
    runs,
    kimg: runs === null ? null : runs * kimg,
    seconds: known && runs !== null ? (mean * runs) / workers : null,
    judgedBy: known ? names.reduce((sum, name) => sum + (speeds.get(name)?.length ?? 0), 0) : 0,
  };
}

/** With metrics and pictures, which training seconds leave out; a run that was resumed lasted longer than it took. */
function wallSeconds(createdAt: string, end: number | undefined, training: number): number {
  const wall = end === undefined ? Number.NaN : (end - Date.parse(createdAt)) / 1000;
  return wall > 0 && wall < 10 * training + 60 ? wall : training;
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
