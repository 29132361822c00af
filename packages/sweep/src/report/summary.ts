/** @file What a sweep has come to: who is best, and how sure that is as far as the seeds tell. */
import { fromLogged } from "@gan-arena/core/base";
import type { TrialView } from "../journal/index.js";
import type { Objective } from "../runner/contract.js";
import { paretoFront } from "../study/index.js";

/** The first objective by seed, in the order of the trial's seeds. */
export const seedValues = ({ seeds, runs }: TrialView): number[] =>
  seeds.flatMap((seed) => {
    const value = runs.find((run) => run.seed === seed)?.values[0];
    return value === undefined ? [] : [fromLogged(value)];
  });

/** Of training, over all seeds. */
export const trainingSeconds = ({ runs }: TrialView): number => runs.reduce((sum, { seconds }) => sum + seconds, 0);

const losses = ({ values }: TrialView, objectives: readonly Objective[]): number[] =>
  values.map((value, i) => (objectives[i]?.goal === "maximize" ? -value : value));

/**
 * Complete trials, best first, the earlier of two equals before the later. With several objectives those that no other
 * beats in all of them, by the first.
 */
export function rankTrials(trials: Iterable<TrialView>, objectives: readonly Objective[]): TrialView[] {
  const complete = [...trials].filter(({ state }) => state === "complete").sort((a, b) => a.number - b.number);
  const points = complete.map((trial) => losses(trial, objectives));
  const kept = objectives.length > 1 ? paretoFront(points) : complete.map((_, i) => i);
  return kept
    .sort((a, b) => (points[a]?.[0] ?? Infinity) - (points[b]?.[0] ?? Infinity) || a - b)
    .flatMap((i) => complete[i] ?? []);
}

/** How many trials are in which state. */
export function countStates(trials: Iterable<TrialView>): Record<TrialView["state"], number> {
  const counts = { open: 0, complete: 0, pruned: 0, failed: 0 };
  for (const { state } of trials) counts[state]++;
  return counts;
}
