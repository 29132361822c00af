/** @file Which variant is better at its best settings, and whether the seeds support that. */
import { METRIC, allOf } from "@gan-arena/core/base";
import { rankTrials, seedValues, type TrialView } from "@gan-arena/sweep";
import type { CheckedSweep } from "./spec.js";

/** The best trial of each variant, best first; nothing where there are no two to compare. */
export function bestOfVariants({ spec }: CheckedSweep, trials: Iterable<TrialView>): TrialView[] {
  if (spec.variants.length < 2 || spec.objectives.length > 1) return [];
  const all = [...trials];
  const best = spec.variants.flatMap((variant) => {
    const own = all.filter(({ params }) => params["variant"] === variant);
    return rankTrials(own, spec.objectives).slice(0, 1);
  });
  return best.length < 2 ? [] : rankTrials(best, spec.objectives);
}

/** Sentences about the best trials of the variants; none where a trial has one seed only, or the objective is no metric. */
export async function verdicts(checked: CheckedSweep, best: readonly TrialView[]): Promise<string[]> {
  const [objective] = checked.spec.objectives;
  const metric = allOf(checked.container, METRIC).find(({ name }) => name === objective?.name);
  if (!metric || !checked.namesSeeds || checked.spec.seeds.length < 2 || best.length < 2) return [];
  const [{ rank }, { verdictOf }] = await Promise.all([import("@gan-arena/metrics"), import("@gan-arena/studio")]);
  const better = objective?.goal === "maximize" ? "higher" : "lower";
  const cells = best.map((trial) => {
    const values = seedValues(trial);
    const scores = trial.seeds.map((seed, i) => ({ seed, value: values[i] ?? Number.NaN }));
    return { variant: String(trial.params["variant"]), protocol: metric.protocol, scores };
  });
  const ranking = rank(cells, { name: metric.name, protocol: metric.protocol, better });
  return [
    `At their best settings: ${verdictOf(ranking).text}`,
    ...ranking.notes,
    "The seeds that chose the settings judge them too, which flatters every variant: compare the best ones again with other seeds.",
  ];
}
