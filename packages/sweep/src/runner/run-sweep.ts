/** @file The runner: keeps as many trials under way as there are places, until nothing is missing. */
import type { JobHandle } from "../executors/index.js";
import type { JournalRecord, TrialView } from "../journal/index.js";
import type { Objective, Suggester, TrialParams } from "./contract.js";
import { allFail } from "./errors.js";
import { TrialPlayer } from "./play-trial.js";
import type { TrialSurroundings } from "./surroundings.js";

export interface SweepRequest extends Omit<TrialSurroundings, "signal" | "onJob"> {
  readonly workers: number;
  /** How many trials there are in all; a journal that says otherwise counts more. */
  readonly trials: number;
  /** Seeds of the runs of a trial. */
  seedsOf(trial: number, params: TrialParams): readonly number[];
  /** No further trial is begun once this many seconds have gone by, earlier sessions included. */
  readonly seconds?: number;
  /** Nothing is started any more when it is aborted, and what is under way stops. */
  readonly signal: AbortSignal;
  onJob?(handle: JobHandle): void;
}

/** Why a session ended: nothing is left to do, or somebody or something said so. */
export type SweepStop = "done" | "interrupted" | "time" | "target";

/** Tells a study what a journal says, so that it goes on as if it had never been away. */
export function replay(record: JournalRecord, study: Suggester): void {
  if (record.kind === "trial") study.begin(record.trial, record.params);
  else if (record.kind === "report") study.report(record.trial, record.step, Number(record.value));
  else if (record.kind === "end") study.end(record.trial, record.state, record.values.map(Number));
  else if (record.kind === "reopen") study.reopen(record.trial);
}

/** Where places are few and nothing of ours is under way, this often is asked again. */
const ASK_AGAIN_MS = 1000;
/** So many failures without any success are not bad luck. */
const HOPELESS = 3;

/**
 * Plays a sweep, or what is missing of it. The journal was replayed into the study before.
 * @throws GanError when the executor or the disk fails, or every trial does: what was reached is in the journal
 */
export async function runSweep(request: SweepRequest): Promise<SweepStop> {
  const { journal, executor, workers, signal } = request;
  await journal.append({ kind: "session", time: Date.now(), executor, workers });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const around: TrialSurroundings = { ...request, signal: stopping.signal, onJob: (job) => request.onJob?.(job) };
  try {
    return await new Loop(request, around, stopping).run();
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

class Loop {
  private readonly running = new Set<number>();
  private readonly waiting: number[];
  private next = 0;
  private exhausted = false;
  private targetReached = false;
  private failure: { readonly error: unknown } | undefined;
  private reason: SweepStop | undefined;
  private readonly sleepers = new Set<() => void>();
  private readonly startedAt = performance.now();
  /** Seconds of earlier sessions. */
  private readonly before: number;
  private successes: number;
  private failures: number;

  constructor(
    private readonly request: SweepRequest,
    private readonly around: TrialSurroundings,
    private readonly stopping: AbortController,
  ) {
    const views = [...request.journal.state.trials.values()];
    this.waiting = views
      .filter(({ state }) => state === "open")
      .map(({ number }) => number)
      .sort((a, b) => a - b);
    this.before = request.journal.state.seconds;
    this.successes = views.filter(({ state }) => state === "complete" || state === "pruned").length;
    this.failures = views.length - this.waiting.length - this.successes;
    for (const view of views) this.checkTarget(view);
    around.signal.addEventListener("abort", () => this.wake(), { once: true });
  }

  async run(): Promise<SweepStop> {
    while (!this.ending() && !this.finished) await this.fill();
    // Whatever the reason to end is, what is under way is waited for: it may be stopping with a checkpoint.
    while (this.running.size > 0) await this.change();
    if (this.failure) throw this.failure.error;
    if (this.around.signal.aborted) return "interrupted";
    return this.reason ?? (this.targetReached ? "target" : "done");
  }

  private ending(): boolean {
    const { seconds } = this.request;
    const here = (performance.now() - this.startedAt) / 1000;
    if (seconds !== undefined && this.before + here > seconds) this.reason ??= "time";
    return this.around.signal.aborted || this.failure !== undefined || this.reason !== undefined;
  }

  private get finished(): boolean {
    return this.running.size === 0 && this.waiting.length === 0 && this.nothingLeft();
  }

  /** Starts what there is room for, then waits for a change. */
  private async fill(): Promise<void> {
    const { session, workers } = this.request;
    // Before the first look at what is under way, so that a change meanwhile is not slept through.
    const change = this.change(ASK_AGAIN_MS);
    try {
      const slots = Math.min(workers, await session.slots());
      while (this.running.size < slots && !this.ending()) {
        const number = this.waiting.shift() ?? (await this.suggest());
        if (number === undefined) break;
        this.start(number);
      }
    } catch (error) {
      this.fail(error);
    }
    if (this.finished || this.ending()) this.wake();
    await change;
  }

  private get limit(): number {
    return this.request.journal.state.limit ?? this.request.trials;
  }

  /** No further trial is to be suggested; those that were are played to their end all the same. */
  private nothingLeft(): boolean {
    const { trials } = this.request.journal.state;
    // The lowest number that is not known: should a line of the journal have been lost, its trial is played again.
    while (trials.has(this.next)) this.next++;
    return this.exhausted || this.targetReached || this.next >= this.limit;
  }

  /** The number of a new trial, in the journal; undefined when there is to be none. */
  private async suggest(): Promise<number | undefined> {
    if (this.nothingLeft()) return undefined;
    const { study, journal } = this.request;
    const trial = this.next;
    const params = await study.suggest(trial);
    if (params === undefined) {
      this.exhausted = true;
      return undefined;
    }
    await journal.append({ kind: "trial", trial, params, seeds: this.request.seedsOf(trial, params) });
    study.begin(trial, params);
    return trial;
  }

  private start(number: number): void {
    this.running.add(number);
    new TrialPlayer(this.around, number)
      .play()
      .then(() => this.ended(number))
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.running.delete(number);
        this.wake();
      });
  }

  private ended(number: number): void {
    const view = this.request.journal.state.trials.get(number);
    if (!view || view.state === "open") return;
    if (view.state === "failed") this.failures++;
    else this.successes++;
    this.checkTarget(view);
    const hopeless = Math.max(HOPELESS, this.request.workers);
    if (this.successes === 0 && this.failures >= hopeless)
      this.fail(allFail(this.request.sweepId, this.failures, view.message ?? "no reason given"));
  }

  private checkTarget({ state, values }: TrialView): void {
    const [objective] = this.request.objectives;
    if (state === "complete" && objective && reaches(objective, values[0])) this.targetReached = true;
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.stopping.abort();
    this.wake();
  }

  /** Resolves when a trial ends, at the latest after a while. */
  private change(milliseconds = 60_000): Promise<void> {
    return new Promise((resolve) => {
      const awake = () => {
        clearTimeout(timer);
        this.sleepers.delete(awake);
        resolve();
      };
      const timer = setTimeout(awake, milliseconds);
      this.sleepers.add(awake);
    });
  }

  private wake(): void {
    for (const awake of this.sleepers) awake();
  }
}

const reaches = ({ goal, target }: Objective, value: number | undefined): boolean =>
  target !== undefined && value !== undefined && (goal === "minimize" ? value <= target : value >= target);
