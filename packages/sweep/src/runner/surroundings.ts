/** @file What a trial needs to be played. */
import type { ExecutorSession, JobHandle } from "../executors/index.js";
import type { Journal } from "../journal/index.js";
import type { Objective, RunnerObserver, RunPlan, RunRequest, Suggester } from "./contract.js";

export interface TrialSurroundings {
  readonly sweepId: string;
  readonly journal: Journal;
  readonly study: Suggester;
  readonly session: ExecutorSession;
  readonly executor: string;
  readonly observer: RunnerObserver;
  readonly objectives: readonly Objective[];
  readonly threads: number;
  /** How often a seed is played again after a crash. */
  readonly retries: number;
  /** Milliseconds before the first such time; doubled at each further one. */
  readonly retryDelay: number;
  /** Jobs stop with a checkpoint when it is aborted, and their trials stay open. */
  readonly signal: AbortSignal;
  plan(request: RunRequest): RunPlan;
  /** Told of each job, so that they can be ended at once. */
  onJob(handle: JobHandle): void;
}
