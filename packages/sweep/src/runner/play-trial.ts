/** @file One trial, seed by seed, from its first job to its end: every step is in the journal before it counts. */
import { GanError } from "@gan-arena/core/base";
import type { JobHandle, TrialJob } from "../executors/index.js";
import type { EndState, TrialView } from "../journal/index.js";
import { outOfSpace } from "./errors.js";
import { Listener, recordExploit } from "./listener.js";
import { logged, runRecord, valuesOf } from "./result.js";
import { runName } from "./run-name.js";
import type { TrialSurroundings } from "./surroundings.js";
import { judge, type Verdict } from "./verdict.js";

type Outcome = Verdict | { readonly kind: "pruned" | "stopped" | "forked" };

/** Plays what is missing of a trial. @throws GanError when the place or the journal fails: the trial stays open */
export class TrialPlayer {
  private readonly started = performance.now();

  constructor(
    private readonly around: TrialSurroundings,
    private readonly number: number,
  ) {}

  private get view(): TrialView {
    const view = this.around.journal.state.trials.get(this.number);
    if (!view) throw new Error(`trial ${this.number} is not in the journal`);
    return view;
  }

  async play(): Promise<void> {
    this.around.observer.trial(this.view);
    for (const seed of this.view.seeds) {
      if (this.view.runs.some((run) => run.seed === seed)) continue;
      const outcome = await this.playSeed(seed);
      if (outcome.kind === "stopped") return;
      if (outcome.kind === "failed") return this.end("failed", [], outcome.message);
      if (outcome.kind === "pruned") return this.prune();
    }
    const values = valuesOf(this.view, this.around.objectives);
    const bad = this.around.objectives.find((_, i) => Number.isNaN(values[i]));
    // NaN is no score: a sampler that took it for one would be led astray.
    return bad ? this.end("failed", [], `${bad.name} is not a number`) : this.end("complete", values);
  }

  private prune(): Promise<void> {
    const { step, value } = this.view.lastReport ?? { step: 0, value: Number.NaN };
    return Number.isNaN(value)
      ? this.end("failed", [], `${this.around.objectives[0]?.name} is not a number at ${step} kimg`)
      : this.end("pruned", [value], `pruned at ${step} kimg`);
  }

  /** Attempts until one ends by the run's own doing. */
  private async playSeed(seed: number): Promise<Outcome> {
    const { journal, retries, retryDelay, signal, observer } = this.around;
    for (;;) {
      if (signal.aborted) return { kind: "stopped" };
      const outcome = await this.attempt(seed);
      if (outcome.kind === "outage") throw outcome.error;
      if (outcome.kind === "forked") continue;
      if (outcome.kind !== "again") return outcome;
      if (signal.aborted) return { kind: "stopped" };
      await journal.append({ kind: "crash", trial: this.number, seed, message: outcome.message });
      observer.trial(this.view);
      const { crashes } = this.view;
      if (crashes > retries)
        return { kind: "failed", message: `it crashed ${crashes} times: ${outcome.message}`, ours: false };
      observer.note(`trial ${this.number}: ${outcome.message}; it is played again (${crashes} of ${retries})`);
      await pause(retryDelay * 2 ** (crashes - 1), signal);
    }
  }

  private async attempt(seed: number): Promise<Outcome> {
    const { study, sweepId, session, journal, executor, objectives, threads } = this.around;
    const judged = seed === this.view.seeds[0];
    const { job: left } = this.view;
    const earlier = left?.seed === seed && left.executor === executor ? left.name : undefined;
    const forked = judged && (await recordExploit(this.around, this.number));
    const { params, lastReport, exploit } = this.view;
    const runId = runName(sweepId, this.view, seed);
    const fork = exploit === undefined ? {} : { forkOf: exploit.run };
    const { words, kimg } = this.around.plan({ trial: this.number, params, seed, runId, ...fork });
    const job = (name: string): TrialJob => ({ name, words, trial: this.number, seed, params, threads });
    // A runner that was killed between a report and its decision decides it now, as it would have then.
    const pruned = judged && lastReport && lastReport.step < kimg && study.shouldPrune(this.number);
    // The job that was decided on may have outlived that runner.
    if (earlier && (pruned || forked)) (await session.adopt?.(job(earlier), () => undefined))?.stop();
    if (pruned) return { kind: "pruned" };

    const heard = { number: this.number, judged, kimg };
    let listener = new Listener(this.around, heard);
    let verdict: Outcome | undefined;
    let announced: string | undefined;
    if (earlier && !forked && session.adopt) {
      const found = await session.adopt(job(earlier), (message) => listener.hear(message));
      // Announced and not handed over, or still on its way there: under one name it cannot come to be there twice.
      if (!found) announced = earlier;
      else verdict = await this.follow(found, listener);
      // Stopped with the runner before this one, or lost while nobody looked: that is no crash, and it is begun anew.
      if (verdict?.kind === "again") verdict = undefined;
    }
    if (!verdict) {
      const name = announced ?? `${runId}-a${this.view.attempts}`;
      if (!announced) await journal.append({ kind: "attempt", trial: this.number, seed, job: name, executor });
      const fresh = (listener = new Listener(this.around, heard));
      verdict = await this.follow(await session.submit(job(name), (message) => fresh.hear(message)), fresh);
    }
    if (verdict.kind !== "done") return verdict;
    try {
      const where = { trial: this.number, seed, runId: listener.runId ?? runId };
      await journal.append(runRecord(where, verdict.result, listener.metrics, objectives));
    } catch (error) {
      if (error instanceof GanError && error.code === "BAD_CONFIG")
        return { kind: "failed", message: error.message, ours: true };
      throw error;
    }
    return verdict;
  }

  private async follow(handle: JobHandle, listener: Listener): Promise<Outcome> {
    const { signal, sweepId } = this.around;
    this.around.onJob(handle);
    const stop = () => handle.stop();
    listener.onDecision(stop);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      const end = await handle.done;
      await listener.settled();
      if (listener.decided) return { kind: listener.decided };
      const verdict = judge(end, listener.last, (message) => outOfSpace(sweepId, message));
      return signal.aborted && (verdict.kind === "again" || verdict.kind === "outage") ? { kind: "stopped" } : verdict;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  private async end(state: EndState, values: readonly number[], message?: string): Promise<void> {
    const { journal, study, observer } = this.around;
    await journal.append({
      kind: "end",
      trial: this.number,
      state,
      values: logged(values),
      ...(message === undefined ? {} : { message }),
      seconds: (performance.now() - this.started) / 1000,
      time: Date.now(),
    });
    study.end(this.number, state, values);
    observer.trial(this.view);
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
  });
