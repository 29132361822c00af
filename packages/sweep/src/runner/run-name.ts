/** @file Names of the runs of a sweep. */
import type { TrialView } from "../journal/index.js";

/**
 * The same at each attempt; another one when the trial was opened again after a failure, for it starts anew, and when it
 * took the weights of another trial.
 */
export function runName(sweepId: string, { number, seeds, reopened, exploit }: TrialView, seed: number): string {
  const again = `${reopened > 0 ? `-again${reopened}` : ""}${exploit ? `-fork${exploit.count}` : ""}`;
  return `${sweepId}-t${String(number).padStart(4, "0")}-s${seeds.indexOf(seed)}${again}`;
}
