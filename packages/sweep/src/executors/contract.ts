/**
 * @file What an executor is: it plays runs somewhere, and says what they say.
 *
 * A run is a command of gan-arena whose standard output is a stream of events, one JSON object a line, the same
 * everywhere. An executor starts the command, passes its lines on, and stops it when it is asked to. It retries nothing
 * and decides nothing: the runner does.
 */
import type { allOf } from "@gan-arena/core/base";

/** One run of one trial, to be played once. */
export interface TrialJob {
  /** Letters, digits and dashes; never used again, so that a job is known by it after a restart. */
  readonly name: string;
  /** The words after `gan-arena`, without `--events`, which makes the stream. */
  readonly words: readonly string[];
  readonly trial: number;
  readonly seed: number;
  readonly params: Readonly<Record<string, unknown>>;
  /** Threads that the run uses: what it needs of a machine. */
  readonly threads: number;
}

/** A line of a run's event stream. */
export type JobMessage = Readonly<Record<string, unknown>> & { readonly kind: string };

/** How a job's process ended. 0 done, 2 the user's error, 42 never again, 75 try again, 130 and 143 interrupted. */
export interface JobEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines that are no events. */
  readonly lastWords: string;
  /** The place failed, not the job: the sweep stops with this error, and the trial waits for it to be resumed. */
  readonly outage?: Error;
}

export interface JobHandle {
  /** Never rejects. Every message was passed on before it resolves. */
  readonly done: Promise<JobEnd>;
  /** Asks for a clean end with a checkpoint. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
}

export type OnMessage = (message: JobMessage) => void;

/** A place that is ready to play. */
export interface ExecutorSession {
  /** How many jobs of these needs may be under way now, those that are included; 0: wait, and ask again. */
  slots(): Promise<number>;
  /** @throws GanError when the place refuses it or cannot be reached: the sweep stops, and can be resumed */
  submit(job: TrialJob, onMessage: OnMessage): Promise<JobHandle>;
  /**
   * Takes up a job that an earlier runner has submitted and that may still be under way; its messages come again from the
   * first. Undefined when it is not known here, or left out where jobs end with their runner.
   */
  adopt?(job: TrialJob, onMessage: OnMessage): Promise<JobHandle | undefined>;
  /** Lets go of the place; jobs that are under way go on where that is possible. */
  close(): Promise<void>;
}

/** What a local process offers beside its end. */
export interface LocalProcess {
  readonly done: Promise<Pick<JobEnd, "exitCode" | "signal" | "lastWords">>;
  stop(): void;
  kill(): void;
}

export interface ExecutorContext {
  /** Part of the names of jobs. */
  readonly sweepId: string;
  /** The `executor` block of the sweep without its name, as the user wrote it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Jobs at the same time that the user asked for. */
  readonly workers: number;
  /** Threads that a job uses. */
  readonly threads: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options that every command needs: `--home`, `--config`, `--plugin`. */
  readonly globals: readonly string[];
  /** Starts `gan-arena …words …globals --events` on this machine. */
  startLocal(words: readonly string[], onMessage: OnMessage): LocalProcess;
  /** A sentence for whoever watches. */
  note(text: string): void;
}

export interface Executor {
  readonly name: string;
  readonly summary: string;
  /** Checks the settings and that the place can be reached. @throws GanError one sentence */
  open(context: ExecutorContext): Promise<ExecutorSession>;
}

/** @example container.register(EXECUTOR, { useValue: myExecutor }) */
export const EXECUTOR: Parameters<typeof allOf<Executor>>[1] = Symbol.for("gan-arena/executor");
