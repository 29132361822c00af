/** @file What a job says, dealt with in order: values on the way are in the journal before they decide anything. */
import { fromLogged, type LoggedNumber } from "@gan-arena/core/base";
import type { JobMessage } from "../executors/index.js";
import type { TrialView } from "../journal/index.js";
import type { RunnerObserver } from "./contract.js";
import { runName } from "./run-name.js";
import type { TrialSurroundings } from "./surroundings.js";
import type { LastMessages } from "./verdict.js";

/** Writes down that the last report made the trial take over another one's weights, if it did and that is not known yet. */
export async function recordExploit({ study, journal, sweepId }: TrialSurroundings, number: number): Promise<boolean> {
  const { trials } = journal.state;
  const view = trials.get(number);
  const decision = study.exploits(number);
  const source = decision && trials.get(decision.from);
  if (!view?.lastReport || !decision || !source || view.exploit?.step === view.lastReport.step) return false;
  const { from, params } = decision;
  // A trial that has itself taken over weights, and has reported nothing since, has no others: its new run may not be there yet.
  const { exploit, lastReport } = source;
  const run =
    exploit !== undefined && exploit.step === lastReport?.step
      ? exploit.run
      : runName(sweepId, source, source.seeds[0] ?? 0);
  await journal.append({ kind: "exploit", trial: number, step: view.lastReport.step, from, run, params });
  return true;
}

export interface Heard {
  readonly number: number;
  /** Its values on the way decide on pruning. */
  readonly judged: boolean;
  /** The last step. */
  readonly kimg: number;
}

/** Hears the messages of one job, in order, each dealt with before the next. */
export class Listener {
  readonly metrics: Record<string, LoggedNumber> = {};
  runId: string | undefined;
  /** Set when its last report was decisive: what the job says after that does not count. */
  decided: "pruned" | "forked" | undefined;
  private heard: { result?: LastMessages["result"]; error?: LastMessages["error"] } = {};
  private tail: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | undefined;
  private stop: () => void = () => undefined;

  constructor(
    private readonly around: TrialSurroundings,
    private readonly about: Heard,
  ) {}

  get last(): LastMessages {
    return this.heard;
  }

  onDecision(stop: () => void): void {
    this.stop = stop;
    if (this.decided) stop();
  }

  hear(message: JobMessage): void {
    this.tail = this.tail.then(() => this.take(message)).catch((error: unknown) => void (this.failure ??= { error }));
  }

  /** Everything that was heard is dealt with. @throws what went wrong with it */
  async settled(): Promise<void> {
    await this.tail;
    if (this.failure) throw this.failure.error;
  }

  private async take(message: JobMessage): Promise<void> {
    if (this.decided || this.failure) return;
    const { observer, journal } = this.around;
    const view = journal.state.trials.get(this.about.number);
    if (!view) return;
    switch (message.kind) {
      case "run":
        this.runId = String(message["runId"]);
        return;
      case "progress":
        return observer.progress(view, message as unknown as Parameters<RunnerObserver["progress"]>[1]);
      case "metric":
        return this.takeMetric(
          String(message["name"]),
          Number(message["kimg"]),
          message["value"] as LoggedNumber,
          view,
        );
      case "result":
        this.heard.result = message;
        return;
      case "error":
        this.heard.error = { code: String(message["code"]), message: String(message["message"]) };
        return;
      default:
    }
  }

  private async takeMetric(name: string, step: number, value: LoggedNumber, view: TrialView): Promise<void> {
    const { objectives, journal, study, observer } = this.around;
    const { judged, kimg, number } = this.about;
    this.metrics[name] = value;
    // A run that was resumed, or a job that was found again, tells once more what is in the journal already.
    const known = view.lastReport !== undefined && step <= view.lastReport.step;
    if (!judged || name !== objectives[0]?.name || known || !Number.isFinite(step)) return;
    await journal.append({ kind: "report", trial: number, step, value });
    study.report(number, step, fromLogged(value));
    const after = journal.state.trials.get(number);
    if (after) observer.trial(after);
    if (step >= kimg) return;
    if (study.shouldPrune(number)) this.decided = "pruned";
    else if (await recordExploit(this.around, number)) this.decided = "forked";
    if (this.decided) this.stop();
  }
}
