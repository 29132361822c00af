/** @file What the runner needs of others: a study that suggests, a plan for each run, and somebody who watches. */
import type { EndState, TrialView } from "../journal/index.js";

export type TrialParams = TrialView["params"];

/** A study, by the numbers of its trials. Fed with a journal from its start it decides as it did then. */
export interface Suggester {
  /** Settings of the next trial; undefined when there is nothing left to try. */
  suggest(trial: number): Promise<TrialParams | undefined>;
  /** The trial is being played with these settings. */
  begin(trial: number, params: TrialParams): void;
  report(trial: number, step: number, value: number): void;
  shouldPrune(trial: number): boolean;
  /** Set when the last report means that the trial goes on from the weights of another one, with these settings. */
  exploits(trial: number): { readonly from: number; readonly params: TrialParams } | undefined;
  /** @param values one for each objective; none when it failed */
  end(trial: number, state: EndState, values: readonly number[]): void;
  /** A failed trial is open again, without its reports. */
  reopen(trial: number): void;
}

/** One run of a trial as a command. */
export interface RunPlan {
  /** After `gan-arena`. */
  readonly words: readonly string[];
  /** The last step, in kimg: nothing is pruned there any more. */
  readonly kimg: number;
}

export interface RunRequest {
  readonly trial: number;
  readonly params: TrialParams;
  readonly seed: number;
  /** The run's name: the same at each attempt, so that an attempt goes on where the one before it ended. */
  readonly runId: string;
  /** The run whose newest checkpoint it begins with. */
  readonly forkOf?: string;
}

/** What a run that is under way tells. */
export interface LiveProgress {
  readonly kimg: number;
  readonly totalKimg: number;
  readonly kimgPerSecond: number;
}

export interface RunnerObserver {
  /** A trial was begun, got a value, crashed or ended. */
  trial(view: TrialView): void;
  progress(view: TrialView, progress: LiveProgress): void;
  note(text: string): void;
}

/** What a trial is judged by. */
export interface Objective {
  /** A metric's name, or `seconds`, `kimg`, `gradientEvaluations`. */
  readonly name: string;
  readonly goal: "minimize" | "maximize";
  /** The sweep ends when it is reached. */
  readonly target?: number;
}
