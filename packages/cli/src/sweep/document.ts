/** @file The JSON document of a sweep. */
import {
  countStates,
  seedValues,
  trainingSeconds,
  type JournalState,
  type SweepStop,
  type TrialView,
} from "@gan-arena/sweep";
import type { StoredSweep } from "@gan-arena/tracking";
import type { Context } from "../context.js";
import { runSettings } from "./play.js";
import type { CheckedSweep } from "./spec.js";
import { trainWords } from "./words.js";

interface TrialDocument {
  readonly number: number;
  readonly state: TrialView["state"];
  readonly params: TrialView["params"];
  /** Numbers that are not finite are null, for JSON has none. */
  readonly values: readonly (number | null)[];
  /** The first objective by seed. */
  readonly seedValues: readonly (number | null)[];
  readonly seeds: readonly number[];
  readonly runs: readonly string[];
  /** Of training. */
  readonly seconds: number;
  readonly message?: string;
}

export interface SweepDocument {
  readonly sweep: string;
  readonly method: string;
  readonly dataset: string;
  readonly objectives: CheckedSweep["spec"]["objectives"];
  readonly counts: Readonly<Record<TrialView["state"], number>>;
  readonly trials: readonly TrialDocument[];
  /** Numbers of complete trials, best first. */
  readonly ranking: readonly number[];
  readonly best: { readonly trial: number; readonly params: TrialView["params"]; readonly command: string } | null;
  /** Shares of the variance of the objective, by parameter. */
  readonly importance: Readonly<Record<string, number>>;
  /** Sentences: which variant is better at its best settings, and whether the seeds support it. */
  readonly verdicts: readonly string[];
  readonly stop: SweepStop | null;
  readonly report: string | null;
}

/** What a sweep has come to. */
export interface SweepConclusion {
  readonly stored: StoredSweep;
  readonly checked: CheckedSweep;
  readonly state: JournalState;
  readonly ranked: readonly TrialView[];
  readonly importance: Readonly<Record<string, number>>;
  readonly verdicts: readonly string[];
  readonly stop?: SweepStop;
  /** Absolute path. */
  readonly report?: string;
}

export function sweepDocument(conclusion: SweepConclusion, context: Context): SweepDocument {
  const { stored, checked, state, ranked, importance, verdicts, stop, report } = conclusion;
  const [best] = ranked;
  return {
    sweep: stored.id,
    method: checked.spec.sampler.name,
    dataset: checked.dataset,
    objectives: checked.spec.objectives,
    counts: countStates(state.trials.values()),
    trials: [...state.trials.values()].sort((a, b) => a.number - b.number).map(trialDocument),
    ranking: ranked.map(({ number }) => number),
    best: best ? { trial: best.number, params: best.params, command: bestCommand(conclusion, context) ?? "" } : null,
    importance,
    verdicts,
    stop: stop ?? null,
    report: report ?? null,
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const trialDocument = (trial: TrialView): TrialDocument => ({
  number: trial.number,
  state: trial.state,
  params: trial.params,
  values: trial.values.map(finite),
  seedValues: seedValues(trial).map(finite),
  seeds: trial.seeds,
  runs: trial.runs.map(({ runId }) => runId),
  seconds: trainingSeconds(trial),
  ...(trial.message === undefined ? {} : { message: trial.message }),
});

/** The command that trains the best trial again, to be copied. */
export function bestCommand({ checked, ranked }: SweepConclusion, context: Context): string | undefined {
  const [best] = ranked;
  if (!best) return undefined;
  const words = trainWords(runSettings(checked), best.params, best.seeds[0] ?? 0);
  return context.commandLine(words.map(shellWord).join(" "));
}

const shellWord = (word: string): string =>
  /^[\w./:@=+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
