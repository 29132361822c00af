/** @file Plays a sweep, or what is missing of it: the lock, the journal, the executor, the screen, Ctrl-C. */
import { named } from "@gan-arena/core/base";
import {
  createStudy,
  EXECUTOR,
  Journal,
  replay,
  runSweep,
  studySuggester,
  trialSeed,
  type ExecutorSession,
  type JobHandle,
  type JobMessage,
  type JournalRecord,
  type RunRequest,
  type SweepStop,
} from "@gan-arena/sweep";
import type { StoredSweep, SweepStore } from "@gan-arena/tracking";
import { startCell } from "../compare/child.js";
import type { Context } from "../context.js";
import { noteCrowd } from "../runs/crowd.js";
import { listenForInterrupts, type Interruption } from "../runs/signals.js";
import { formatNumber, plural } from "../terminal/format.js";
import { createBoard } from "./board.js";
import type { PlayOptions } from "./options.js";
import type { CheckedSweep } from "./spec.js";
import { jobWords, trainWords, type RunSettings } from "./words.js";

export interface SweepPlay {
  readonly context: Context;
  readonly store: SweepStore;
  readonly stored: StoredSweep;
  readonly checked: CheckedSweep;
  readonly options: PlayOptions;
  /** Failed trials are opened again first. */
  readonly retryFailed?: boolean;
  /** So many trials more than the sweep has. */
  readonly addTrials?: number;
}

export interface Played {
  readonly stop: SweepStop;
  readonly received: Interruption | undefined;
}

/** Milliseconds before a crashed trial is played again. */
export const RETRY_DELAY = 1000;

export const runSettings = ({ source, dataset, spec, kimg, metrics }: CheckedSweep): RunSettings => ({
  file: source.file,
  dataset,
  data: spec.data,
  kimg,
  metrics,
  ...(spec.batch === undefined ? {} : { batch: spec.batch }),
  ...(spec.engine === undefined ? {} : { engine: spec.engine }),
  ...(spec.provider === undefined ? {} : { provider: spec.provider }),
  ...(spec.measureLowerings === undefined ? {} : { measureLowerings: spec.measureLowerings }),
});

/** Seeds that the file names are those of every trial; else each trial has its own. */
export const seedsOf = ({ spec, namesSeeds }: CheckedSweep, trial: number): readonly number[] =>
  namesSeeds ? spec.seeds : [trialSeed(spec.seed, trial)];

/** @throws GanError when another process plays it, the executor fails, or every trial does */
export async function playSweep(request: SweepPlay): Promise<Played> {
  const { store, stored, checked } = request;
  const lock = await store.lock(stored.id);
  try {
    const study = studySuggester(newStudy(checked));
    const journal = await Journal.open(stored.journalFile, (record) => replay(record, study));
    try {
      const amend = async (record: JournalRecord) => {
        await journal.append(record);
        replay(record, study);
      };
      for (const record of amendments(request, journal)) await amend(record);
      return await withExecutor(request, (session, surroundings) =>
        play(request, { journal, study, session, ...surroundings }),
      );
    } finally {
      await journal.close();
    }
  } finally {
    await lock.release();
  }
}

const newStudy = ({ spec, kimg }: CheckedSweep) =>
  createStudy({
    space: spec.space,
    sampler: spec.sampler,
    pruner: spec.pruner,
    directions: spec.objectives.map(({ goal }) => goal),
    seed: spec.seed,
    maxStep: kimg,
  });

/** What the user asked for beside going on. */
function* amendments({ retryFailed, addTrials, options }: SweepPlay, journal: Journal): Generator<JournalRecord> {
  const { trials, limit } = journal.state;
  if (addTrials !== undefined) yield { kind: "limit", trials: (limit ?? options.trials ?? trials.size) + addTrials };
  if (retryFailed)
    for (const { number, state } of trials.values()) if (state === "failed") yield { kind: "reopen", trial: number };
}

export interface Surroundings {
  readonly jobs: Set<JobHandle>;
  readonly signal: AbortSignal;
  note(text: string): void;
  /** Where notes go from now on. */
  watch(note: (text: string) => void): void;
}

type Place = Pick<SweepPlay, "context" | "stored" | "checked" | "options">;

/** Opens the place and listens for Ctrl-C until `use` is done. */
export async function withExecutor(
  { context, stored, checked, options }: Place,
  use: (session: ExecutorSession, around: Surroundings) => Promise<SweepStop>,
): Promise<Played> {
  const jobs = new Set<JobHandle>();
  let watcher = (text: string) => context.output.note(text);
  const note = (text: string) => watcher(text);
  const interrupts = listenForInterrupts({
    onFirst: () => note("stopping the trials with a checkpoint each; press Ctrl-C again to stop at once"),
    onSecond: () => jobs.forEach((job) => job.kill()),
  });
  try {
    const session = await named(checked.container, EXECUTOR, options.executor, "executor").open({
      sweepId: stored.id,
      settings: options.settings,
      workers: options.workers,
      threads: options.threads,
      env: process.env,
      globals: globalWords(context, options),
      note,
      startLocal: (words, onMessage) =>
        startCell([...words, ...globalWords(context, options)], {
          onMessage: (message) => onMessage(message as unknown as JobMessage),
        }),
    });
    try {
      const watch = (next: (text: string) => void) => void (watcher = next);
      const stop = await use(session, { jobs, signal: interrupts.signal, note, watch });
      return { stop, received: interrupts.received };
    } finally {
      await session.close();
    }
  } finally {
    interrupts.dispose();
  }
}

/** The processes see the same store and the same plugins, wherever the sweep is resumed from. */
function globalWords({ home, config }: Context, { plugins }: PlayOptions): string[] {
  return [
    "--home",
    home,
    ...(config.file === undefined ? [] : ["--config", config.file]),
    ...plugins.flatMap((plugin) => ["--plugin", plugin]),
  ];
}

interface Ready extends Surroundings {
  readonly journal: Journal;
  readonly study: ReturnType<typeof studySuggester>;
  readonly session: ExecutorSession;
}

async function play(request: SweepPlay, ready: Ready): Promise<SweepStop> {
  const { journal, study, session, jobs, signal } = ready;
  const { context, stored, checked, options } = request;
  const { spec, kimg } = checked;
  const trials = journal.state.limit ?? options.trials ?? Infinity;
  if (options.executor === "local") noteCrowd({ runs: options.workers, threads: options.threads }, context);
  const where = options.executor === "local" ? "" : ` on ${options.executor}`;
  ready.note(
    `sweep ${stored.id}: ${spec.sampler.name} over ${checked.dataset}, ${trials === Infinity ? "trials" : plural(trials, "trial")} ` +
      `of ${formatNumber(kimg)} kimg${seedText(checked)} (${options.workers} at a time${where}, ${plural(options.threads, "thread")} each)`,
  );
  const board = createBoard({
    output: context.output,
    objectives: spec.objectives,
    trials: spec.size === undefined ? trials : Math.min(trials, spec.size),
    workers: options.workers,
    views: journal.state.trials.values(),
  });
  ready.watch((text) => board.note(text));
  const settings = runSettings(checked);
  try {
    return await runSweep({
      sweepId: stored.id,
      journal,
      study,
      session,
      executor: options.executor,
      observer: board,
      objectives: spec.objectives,
      threads: options.threads,
      retries: options.retries,
      retryDelay: RETRY_DELAY,
      workers: options.workers,
      trials,
      ...(spec.hours === undefined ? {} : { seconds: 3600 * spec.hours }),
      signal,
      seedsOf: (trial) => seedsOf(checked, trial),
      plan: (run) => ({ kimg, words: planWords(settings, run, { sweepId: stored.id, threads: options.threads }) }),
      onJob: (job) => {
        jobs.add(job);
        void job.done.then(() => jobs.delete(job));
      },
    });
  } finally {
    board.close();
    ready.watch((text) => context.output.note(text));
  }
}

const seedText = ({ spec, namesSeeds }: CheckedSweep): string =>
  namesSeeds && spec.seeds.length > 1 ? `, seeds ${spec.seeds.join(", ")}` : "";

export const planWords = (
  settings: RunSettings,
  { params, seed, runId, forkOf }: RunRequest,
  { sweepId, threads }: { readonly sweepId: string; readonly threads: number },
): string[] =>
  jobWords(trainWords(settings, params, seed), {
    sweepId,
    runId,
    threads,
    ...(forkOf === undefined ? {} : { forkOf }),
  });
