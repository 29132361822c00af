/** @file Small tools of pruners. */
import type { Decision, Direction, Trial } from "../contracts.js";

export const CONTINUE: Decision = { action: "continue" };
export const PRUNE: Decision = { action: "prune" };

/** Smaller is better. */
export const lossOf = (value: number, direction: Direction): number => (direction === "maximize" ? -value : value);

/** The furthest step that a trial has reported. */
export function lastStep({ reports }: Trial): number {
  let last = -Infinity;
  for (const step of reports.keys()) if (step > last) last = step;
  return last;
}

/** Adds to an ascending list. */
export function insertSorted(sorted: number[], value: number): void {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, value);
}

export function removeSorted(sorted: number[], value: number): void {
  const at = sorted.indexOf(value);
  if (at >= 0) sorted.splice(at, 1);
}

/** Percentile of an ascending list with linear interpolation between its entries. @param percent 0 to 100 */
export function percentile(sorted: readonly number[], percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(place);
  const [a, b] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
  return a === b ? a : a + (b - a) * (place - below);
}

export interface Beat {
  readonly warmup: number;
  readonly interval: number;
}

/** Whether a pruner looks at this report: the first one after each multiple of the interval, none before the warm-up. */
export function isDue(trial: Trial, step: number, { warmup, interval }: Beat): boolean {
  if (step < warmup) return false;
  if (interval === 0) return true;
  const beat = Math.floor((step - warmup) / interval) * interval + warmup;
  for (const other of trial.reports.keys()) if (other !== step && other >= beat) return false;
  return true;
}
