/** @file How a sweep is played: fixed at its start, kept in `sweep.json`, so that it goes on the same way. */
import { availableParallelism } from "node:os";
import { badConfig } from "@gan-arena/core/base";
import type { StoredSweep, SweepRecord } from "@gan-arena/tracking";
import type { Context } from "../context.js";
import { portable } from "../plugins/resolve.js";
import type { CheckedSweep, SweepFile } from "./spec.js";

export interface PlayOptions {
  readonly executor: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Trials at the same time. */
  readonly workers: number;
  /** Of each run. A resumed sweep keeps them: other threads may give other bits. */
  readonly threads: number;
  /** Of a seed after a crash. */
  readonly retries: number;
  /** Trials in all; undefined only when the time is limited. */
  readonly trials?: number;
  readonly plugins: readonly string[];
}

/** What the command line may say. */
export interface PlayRequest {
  readonly executor?: string | undefined;
  readonly workers?: number | undefined;
  readonly threads?: number | undefined;
  readonly retries?: number | undefined;
  readonly trials?: number | undefined;
}

const RETRIES = 2;
/** Asked of places that know their own limits. */
const MANY_WORKERS = 64;

/** The command line before the file, the file before what the machine has. */
export function playOptions(context: Context, { spec }: CheckedSweep, request: PlayRequest): PlayOptions {
  const executor = request.executor ?? spec.executor.name;
  const local = executor === "local";
  const cores = availableParallelism();
  const limit = request.trials ?? spec.trials;
  const threadsGiven = request.threads ?? spec.threads ?? context.config.values.threads;
  const room = local ? Math.max(1, Math.floor(cores / Math.max(1, threadsGiven ?? 1))) : MANY_WORKERS;
  const workers = Math.min(request.workers ?? spec.workers ?? room, limit ?? Infinity);
  const threads = threadsGiven ?? (local ? Math.max(1, Math.floor(cores / workers)) : 1);
  return {
    executor,
    settings: executor === spec.executor.name ? spec.executor.settings : {},
    workers,
    threads,
    retries: request.retries ?? RETRIES,
    ...(limit === undefined ? {} : { trials: limit }),
    plugins: context.plugins.map(portable),
  };
}

export const recordOf = (sweepId: string, source: SweepFile, options: PlayOptions): SweepRecord => ({
  formatVersion: 1,
  sweepId,
  createdAt: new Date().toISOString(),
  spec: { ...source },
  options: { ...options },
});

interface Stored {
  readonly source: SweepFile;
  readonly options: PlayOptions;
}

/** @throws GanError BAD_CONFIG when somebody has edited `sweep.json` */
export function storedOptions({ record, id }: StoredSweep): Stored {
  const { file, text } = record.spec;
  const { executor, workers, threads, retries, plugins } = record.options as Partial<PlayOptions>;
  const sound =
    typeof file === "string" &&
    typeof text === "string" &&
    typeof executor === "string" &&
    [workers, threads, retries].every((value) => Number.isSafeInteger(value)) &&
    Array.isArray(plugins);
  if (!sound) throw badConfig(id, "its sweep.json lacks what is needed to play it; restore the file from a copy");
  return { source: { file, text }, options: record.options as unknown as PlayOptions };
}
