/** @file Ends a sweep: ranking, importance and report, made from its journal. May be done again at any time. */
import {
  importance,
  rankTrials,
  readJournal,
  seedValues,
  trainingSeconds,
  type JournalRecord,
  type SweepStop,
  type Trial,
  type TrialView,
} from "@gan-arena/sweep";
import type { SweepReportInput } from "@gan-arena/studio";
import type { StoredSweep, SweepStore } from "@gan-arena/tracking";
import type { Context } from "../context.js";
import { formatNumber, plural } from "../terminal/format.js";
import { bestCommand, type SweepConclusion } from "./document.js";
import { constants } from "./parameters.js";
import type { CheckedSweep } from "./spec.js";
import { bestOfVariants, verdicts } from "./verdict.js";

interface Source {
  readonly store: SweepStore;
  readonly stored: StoredSweep;
  readonly checked: CheckedSweep;
  readonly stop?: SweepStop;
}

/** Writes `report.html` into the sweep's folder. @throws GanError NO_SPACE, NOT_WRITABLE, BAD_CONFIG */
export async function concludeSweep(
  context: Context,
  { store, stored, checked, stop }: Source,
): Promise<SweepConclusion> {
  const { state, records } = await readJournal(stored.journalFile);
  const ranked = rankTrials(state.trials.values(), checked.spec.objectives);
  const conclusion: SweepConclusion = {
    stored,
    checked,
    state,
    ranked,
    importance: importanceOf(checked, state.trials.values()),
    verdicts: await verdicts(checked, bestOfVariants(checked, state.trials.values())),
    ...(stop === undefined ? {} : { stop }),
  };
  const { renderSweepReport } = await import("@gan-arena/studio");
  const page = renderSweepReport(reportInput(conclusion, records, context));
  const [{ SUMMARY_FILE }, { sweepSummary }] = await Promise.all([
    import("@gan-arena/tracking"),
    import("./summary.js"),
  ]);
  await store.write(stored.id, SUMMARY_FILE, `${JSON.stringify(sweepSummary(conclusion, context), undefined, 2)}\n`);
  return { ...conclusion, report: await store.write(stored.id, "report.html", page) };
}

/** Shares of the variance of the first objective, by parameter, the largest first. */
function importanceOf({ spec }: CheckedSweep, views: Iterable<TrialView>): Record<string, number> {
  const trials = [...views].map(({ number, params, state, values }): Trial => ({
    number,
    params,
    state: state === "open" ? "running" : state,
    values,
    reports: new Map(),
  }));
  // A parameter that several variants have for themselves is judged in each of them: its id says in which.
  return Object.fromEntries(importance(spec.space, trials).map(({ id, share }) => [id, share]));
}

function reportInput(
  conclusion: SweepConclusion,
  records: readonly JournalRecord[],
  context: Context,
): SweepReportInput {
  const { stored, checked, state, ranked } = conclusion;
  const { spec } = checked;
  const trials = [...state.trials.values()].sort((a, b) => a.number - b.number);
  const fixed = constants(trials);
  const reports = reportsOf(records);
  const logs = new Set(
    spec.space.parameters.flatMap(({ path, distribution }) =>
      "log" in distribution && distribution.log ? [path] : [],
    ),
  );
  const paths = [...new Set(spec.space.parameters.map(({ path }) => path))].filter((path) => !fixed.has(path));
  const command = bestCommand(conclusion, context);
  return {
    title: spec.name ?? `${spec.variants.join(", ") || "sweep"} on ${checked.dataset}`,
    sweepId: stored.id,
    method: spec.sampler.name,
    dataset: checked.dataset,
    budget: `${formatNumber(checked.kimg)} kimg per run${checked.namesSeeds ? `, ${plural(spec.seeds.length, "seed")}` : ""}`,
    generatedAt: new Date().toISOString(),
    objectives: spec.objectives,
    parameters: paths.map((path) => ({ path, log: logs.has(path) })),
    trials: trials.map((trial) => reportTrial(trial, reports.get(trial.number) ?? [])),
    ranking: ranked.map(({ number }) => number),
    importance: Object.entries(conclusion.importance).map(([path, value]) => ({ path, value })),
    ...(command === undefined ? {} : { bestCommand: command }),
    notes: conclusion.verdicts,
  };
}

const reportTrial = (trial: TrialView, reports: readonly [number, number][]): SweepReportInput["trials"][number] => ({
  number: trial.number,
  state: trial.state,
  params: trial.params,
  values: trial.values,
  seedValues: seedValues(trial),
  reports,
  seconds: trainingSeconds(trial),
  ...(trial.message === undefined ? {} : { message: trial.message }),
});

/** Values on the way by trial; those from before it was opened again are forgotten. */
function reportsOf(records: readonly JournalRecord[]): Map<number, [number, number][]> {
  const reports = new Map<number, [number, number][]>();
  for (const record of records) {
    if (record.kind === "reopen") reports.delete(record.trial);
    if (record.kind !== "report") continue;
    const list = reports.get(record.trial) ?? [];
    reports.set(record.trial, list);
    list.push([record.step, Number(record.value)]);
  }
  return reports;
}
