/** @file Trials that are functions, and one session of the runner with them, as the command plays it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutorSession, JobEnd, JobHandle, OnMessage, TrialJob } from "../src/executors/index.js";
import { Journal, type TrialView } from "../src/journal/index.js";
import type { Suggester, TrialParams } from "../src/runner/contract.js";
import { replay, runSweep, type SweepRequest } from "../src/runner/run-sweep.js";
import { afterAll } from "vitest";

const root = mkdtempSync(join(tmpdir(), "gan-arena-runner-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;
/** The name of a journal that is not there yet, and gone after the tests. */
export const freshFile = (): string => join(root, `journal-${count++}.jsonl`);

/** Suggests `x` from the trial's number alone, prunes a report that is above 100, and writes down what it was told. */
export class Study implements Suggester {
  readonly told: string[] = [];
  private readonly last = new Map<number, number>();
  constructor(private readonly points = Infinity) {}
  suggest(trial: number): Promise<TrialParams | undefined> {
    return Promise.resolve(trial < this.points ? { x: trial * 10 } : undefined);
  }
  begin(trial: number, params: TrialParams): void {
    this.told.push(`begin ${trial} ${JSON.stringify(params)}`);
  }
  report(trial: number, step: number, value: number): void {
    this.last.set(trial, value);
    this.told.push(`report ${trial} ${step} ${value}`);
  }
  shouldPrune(trial: number): boolean {
    return (this.last.get(trial) ?? 0) > 100;
  }
  exploits(_trial: number): { from: number; params: TrialParams } | undefined {
    return undefined;
  }
  end(trial: number, state: string, values: readonly number[]): void {
    this.told.push(`end ${trial} ${state} ${values.join(",")}`);
  }
  reopen(trial: number): void {
    this.told.push(`reopen ${trial}`);
  }
}

export type Play = (job: TrialJob, say: OnMessage, stopped: Promise<void>) => Promise<Partial<JobEnd>>;

export class Place implements ExecutorSession {
  readonly jobs: TrialJob[] = [];
  underWay = 0;
  most = 0;
  constructor(
    private readonly playJob: Play,
    private readonly places = 100,
  ) {}
  slots(): Promise<number> {
    return Promise.resolve(this.places);
  }
  submit(job: TrialJob, onMessage: OnMessage): Promise<JobHandle> {
    this.jobs.push(job);
    this.most = Math.max(this.most, ++this.underWay);
    let stop: () => void = () => undefined;
    const stopped = new Promise<void>((resolve) => void (stop = resolve));
    const done = this.playJob(job, onMessage, stopped).then((end) => {
      this.underWay--;
      return { exitCode: 0, signal: null, lastWords: "", ...end };
    });
    return Promise.resolve({ done, stop, kill: stop });
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Two reports on the way, then the result: `x` plus the seed. */
export const score: Play = async (job, say) => {
  const value = Number(job.params["x"]) + job.seed;
  say({ kind: "run", runId: job.name });
  await tick();
  say({ kind: "metric", name: "m", kimg: 1, value: value + 1 });
  await tick();
  say({ kind: "metric", name: "m", kimg: 2, value });
  say({ kind: "result", status: "finished", metrics: { m: value }, kimg: 2, seconds: 0.5, gradientEvaluations: 4 });
  return {};
};

export interface Options extends Partial<
  Pick<SweepRequest, "trials" | "workers" | "seconds" | "plan" | "seedsOf" | "signal" | "objectives" | "retries">
> {
  readonly study?: Study;
  readonly file?: string;
}

/** One session, as the command plays it: opens the journal, replays it, plays what is missing. */
export async function session(place: ExecutorSession, options: Options = {}) {
  const { study = new Study(), file = freshFile(), ...rest } = options;
  const journal = await Journal.open(file, (record) => replay(record, study));
  const notes: string[] = [];
  const request: SweepRequest = {
    sweepId: "s",
    journal,
    study,
    session: place,
    executor: "stub",
    observer: { trial: () => undefined, progress: () => undefined, note: (text) => void notes.push(text) },
    objectives: [{ name: "m", goal: "minimize" }],
    threads: 1,
    retries: 2,
    retryDelay: 1,
    plan: () => ({ words: ["train"], kimg: 2 }),
    workers: 1,
    trials: 3,
    seedsOf: () => [0],
    signal: new AbortController().signal,
    ...rest,
  };
  try {
    const stop = await runSweep(request);
    return { stop, trials: [...journal.state.trials.values()], notes, study, file };
  } finally {
    await journal.close();
  }
}

export const brief = (trials: readonly TrialView[]) =>
  trials.map(({ number, state, values }) => [number, state, ...values]);
