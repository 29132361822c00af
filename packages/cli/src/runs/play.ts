/** @file Plays a prepared run to its end, to an interruption or to a failure, and says what it came to. */
import { badCheckpoint, GanError, type Arena, type RunStatus } from "@gan-arena/core/base";
import type { Run, RunStore } from "@gan-arena/tracking";
import type { Observer } from "./observer.js";
import type { PreparedRun } from "./prepare.js";

export interface PlayResult {
  readonly runId: string;
  readonly variant: string;
  readonly dataset: string;
  readonly seed: number;
  readonly status: RunStatus;
  readonly kimg: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
  /** The most memory that the process has had, data set and engine included. */
  readonly peakMemoryMiB: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly weightsSha256: string;
  /** The run's folder. */
  readonly directory: string;
  /** The newest picture, relative to the folder. */
  readonly picture?: string;
}

export interface PlayRequest {
  readonly prepared: PreparedRun;
  readonly store: RunStore;
  /** Set when the run goes on from its newest good checkpoint; else it is created. */
  readonly resumed?: Run;
  /** The observer is told again which metrics a resumed run had, for it may not have heard of them. */
  readonly retell?: boolean;
  readonly signal: AbortSignal;
  readonly observer: Observer;
}

/** @throws GanError what the arena throws; the run then is recorded as failed, with its checkpoints */
export async function play({ prepared, store, resumed, retell, signal, observer }: PlayRequest): Promise<PlayResult> {
  const { spec, metrics } = prepared;
  return withArena(prepared, async (arena) => {
    // The run appears in the store only when the game is known to be playable.
    const run = resumed ?? (await store.create(spec));
    if (resumed) await restoreNewest(arena, resumed, (text) => observer.note(text));
    observer.onRun(spec, run.directory);
    if (resumed && retell)
      for (const event of await resumed.history()) if (event.kind === "metric") observer.onEvent(event);
    try {
      const result = await arena.train({
        metrics,
        trackers: [store.tracker(), ...prepared.trackers.map((tracker) => tracker.create(spec, store.home))],
        checkpoints: run.checkpoints,
        signal,
        onEvent: (event) => observer.onEvent(event),
        onProgress: (progress) => observer.onProgress(progress),
      });
      const { images } = await run.summary();
      const picture = images.at(-1)?.file;
      return {
        runId: spec.runId,
        variant: spec.variant,
        dataset: spec.dataset,
        seed: spec.seed,
        status: result.status,
        kimg: result.kimg,
        gradientEvaluations: result.gradientEvaluations,
        seconds: result.seconds,
        peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
        metrics: Object.fromEntries(Object.entries(result.metrics).map(([name, { value }]) => [name, value])),
        weightsSha256: result.weightsSha256,
        directory: run.directory,
        ...(picture === undefined ? {} : { picture }),
      };
    } finally {
      observer.close();
    }
  });
}

/** Opens the arena, and takes it and the engine down again whatever happens. */
export async function withArena<T>(prepared: PreparedRun, use: (arena: Arena) => Promise<T>): Promise<T> {
  const { spec, variant, data, engine } = prepared;
  const { openArena } = await import("@gan-arena/core");
  try {
    const arena = await openArena({ run: spec, variant, data, engine });
    try {
      return await use(arena);
    } finally {
      await arena.dispose();
    }
  } finally {
    await engine.dispose();
  }
}

/**
 * Loads the newest checkpoint that is whole. A damaged one is passed over with a note when there is an older one; a run
 * that was stopped before its first checkpoint starts again, and plays the same rounds.
 * @param note told about every checkpoint that is passed over
 * @returns the file it came from, or undefined when there is none
 * @throws GanError BAD_CHECKPOINT when none can be used
 */
async function restoreNewest(arena: Arena, run: Run, note: (text: string) => void): Promise<string | undefined> {
  const entries = await run.checkpoints.list();
  let problem: GanError | undefined;
  for (const [i, { file }] of entries.entries()) {
    try {
      await arena.restore(await run.checkpoints.load(file), file);
      return file;
    } catch (error) {
      if (!(error instanceof GanError) || error.code !== "BAD_CHECKPOINT") throw error;
      problem ??= error;
      if (i + 1 < entries.length) note(`warning: ${error.message}; trying the one before`);
    }
  }
  if (problem) throw problem;
  return undefined;
}

/** For commands that need a trained generator. @throws GanError BAD_CHECKPOINT when the run has no checkpoint */
export async function restoreTrained(arena: Arena, run: Run, note: (text: string) => void): Promise<string> {
  const file = await restoreNewest(arena, run, note);
  if (file === undefined)
    throw badCheckpoint(run.id, "the run has no checkpoint yet", `train it first: gan-arena resume ${run.id}`);
  return file;
}
