/** @file Seeds of trials: from the sweep's seed and the trial's number, so that results do not depend on who plays when. */
import { fnv1a64 } from "@gan-arena/core/base";

/** A whole number from 0 to 2^31 - 1. */
export const trialSeed = (sweepSeed: number, trial: number): number =>
  (fnv1a64(`sweep ${sweepSeed} trial ${trial}`)[0] ?? 0) & 0x7fffffff;

/** The median; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0 || values.some(Number.isNaN)) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  const high = sorted[sorted.length >> 1] ?? Number.NaN;
  return low === high ? low : (low + high) / 2;
}
