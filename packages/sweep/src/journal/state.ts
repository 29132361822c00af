/** @file What the records of a journal come to: every trial as it stands. */
import { fromLogged } from "@gan-arena/core/base";
import type { EndState, JournalRecord, RunRecord, TrialRecord } from "./records.js";

/** `open`: suggested, and not ended yet, whether it is being played or waits for a runner. */
type TrialState = "open" | EndState;

/** One trial of a sweep. */
export interface TrialView {
  /** From 0. */
  readonly number: number;
  /** Those that it has now: population based training changes them on the way. */
  readonly params: TrialRecord["params"];
  readonly seeds: readonly number[];
  readonly state: TrialState;
  /** One for each objective; empty while it is open, or when it failed. */
  readonly values: readonly number[];
  readonly message?: string;
  /** Finished runs by seed. */
  readonly runs: readonly RunRecord[];
  /** The last value on the way. */
  readonly lastReport?: { readonly step: number; readonly value: number };
  /** Jobs that were handed out so far, the reopened ones included. */
  readonly attempts: number;
  /** The last job that was handed out, while nothing is known of its end. */
  readonly job?: { readonly name: string; readonly seed: number; readonly executor: string };
  /** Crashes of this seed in a row, since the trial was opened. */
  readonly crashes: number;
  /** The last time that it took the weights of another trial, and how often it did. */
  readonly exploit?: { readonly step: number; readonly run: string; readonly count: number };
  /** How often it was opened again after it had failed. */
  readonly reopened: number;
  /** Wall time. */
  readonly seconds: number;
}

export interface JournalState {
  /** By number; a number that was never suggested is missing. */
  readonly trials: ReadonlyMap<number, TrialView>;
  /** Set when the number of trials was changed after the start. */
  readonly limit?: number;
  /** Wall time of all sessions, each from its start to the last trial that ended in it. */
  readonly seconds: number;
}

/** Folds records, one after the other; small changes, so that a sweep of 10,000 trials costs no more each than one of 10. */
export class JournalFold implements JournalState {
  private readonly views = new Map<number, TrialView>();
  private limited: number | undefined;
  /** Of earlier sessions. */
  private before = 0;
  private session: { readonly begun: number; last: number } | undefined;

  get trials(): ReadonlyMap<number, TrialView> {
    return this.views;
  }
  get limit(): number | undefined {
    return this.limited;
  }

  get seconds(): number {
    return this.before + (this.session ? Math.max(0, this.session.last - this.session.begun) / 1000 : 0);
  }

  add(record: JournalRecord): void {
    if (record.kind === "session") {
      this.before = this.seconds;
      this.session = { begun: record.time, last: record.time };
    } else if (record.kind === "end" && this.session) this.session.last = record.time;
    if (record.kind === "limit") this.limited = record.trials;
    else if (record.kind === "trial") this.views.set(record.trial, fresh(record));
    else if (record.kind !== "session") {
      const view = this.views.get(record.trial);
      // A line that somebody removed by hand takes with it what follows from it: that trial is played again.
      if (view) this.views.set(record.trial, after(view, record));
    }
  }
}

const fresh = ({ trial, params, seeds }: TrialRecord): TrialView => ({
  number: trial,
  params,
  seeds,
  state: "open",
  values: [],
  runs: [],
  attempts: 0,
  crashes: 0,
  reopened: 0,
  seconds: 0,
});

type TrialChange = Exclude<JournalRecord, { kind: "trial" | "limit" | "session" }>;

function after(view: TrialView, record: TrialChange): TrialView {
  switch (record.kind) {
    case "attempt":
      return {
        ...view,
        attempts: view.attempts + 1,
        job: { name: record.job, seed: record.seed, executor: record.executor },
      };
    case "crash":
      return withoutJob({ ...view, crashes: view.crashes + 1, message: record.message });
    case "report":
      return { ...view, lastReport: { step: record.step, value: fromLogged(record.value) } };
    case "exploit": {
      const { params, step, run } = record;
      return withoutJob({ ...view, params, exploit: { step, run, count: (view.exploit?.count ?? 0) + 1 } });
    }
    case "run":
      return withoutJob({
        ...view,
        runs: [...view.runs.filter(({ seed }) => seed !== record.seed), record],
        crashes: 0,
      });
    case "end": {
      const { message: _, ...rest } = withoutJob(view);
      return {
        ...rest,
        state: record.state,
        values: record.values.map(fromLogged),
        seconds: view.seconds + record.seconds,
        ...(record.message === undefined ? {} : { message: record.message }),
      };
    }
    default: {
      // A failed trial is played again from its start.
      const { message: _, lastReport: __, exploit: ___, ...rest } = withoutJob(view);
      return { ...rest, state: "open", values: [], runs: [], crashes: 0, reopened: view.reopened + 1 };
    }
  }
}

function withoutJob(view: TrialView): TrialView {
  const { job: _, ...rest } = view;
  return rest;
}
