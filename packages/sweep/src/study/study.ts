/**
 * @file A study: asks a sampler for trials, hears their values, asks a pruner whether they go on.
 *
 * It is a value in memory. Whoever writes down what was asked, reported and told, and replays it in that order by
 * {@link Study.restore}, `report` and `tell`, has the same study again, with the same suggestions and decisions to come.
 */
import { optionOutOfRange } from "@gan-arena/core/base";
import type { Decision, Direction, Params, Pruner, PrunerSession, Sampler, Space, Trial } from "../contracts.js";
import * as errors from "../errors.js";
import { PRUNERS } from "../pruners/index.js";
import { SAMPLERS } from "../samplers/index.js";
import { encodeParams, isActive } from "../space/arrange.js";
import { readSpace, type SpaceInput } from "../space/input.js";
import { History, type Entry } from "./history.js";
import { paretoFront } from "./pareto.js";
import { resolvePlugin, type PluginChoice, type PrunerFactory, type SamplerFactory } from "./plugins.js";

/** A trial of an earlier study. */
export interface PastTrial {
  readonly number: number;
  readonly params: Params;
  /** Left out: still running. */
  readonly state?: Trial["state"];
  readonly values?: readonly number[];
  readonly reports?: Iterable<readonly [step: number, value: number]>;
}

export interface StudyOptions {
  /** The `parameters` block of a sweep file, or a space that was read from one. */
  readonly space: SpaceInput;
  /** A name, `{ name, …options }` or a sampler; default `tpe`. */
  readonly sampler?: PluginChoice<Sampler>;
  /** A name, `{ name, …options }` or a pruner; default `none`. */
  readonly pruner?: PluginChoice<Pruner>;
  /** Of the only objective; default `minimize`. */
  readonly direction?: Direction;
  /** Of several objectives. */
  readonly directions?: readonly Direction[];
  /** All draws come from it; default 0. */
  readonly seed?: number;
  /** The step at which a trial is done, for pruners that need it. */
  readonly maxStep?: number;
  /** Trials of an earlier study, replayed by number. For a pruner's exact state replay them in the order of events. */
  readonly trials?: readonly PastTrial[];
  /** Known by name beside our own. */
  readonly samplers?: readonly SamplerFactory[];
  readonly pruners?: readonly PrunerFactory[];
}

/** How a trial ended. Left out: `failed` for null or NaN, `pruned` when pruning was the last decision, else `complete`. */
export type Ending = "complete" | "pruned" | "failed";
export type Told = number | readonly number[] | null;

type TrialRef = Trial | number;

/**
 * A new study.
 * @throws GanError for a space, name or option that does not fit
 * @example const study = createStudy({ space: { lr: { min: 1e-5, max: 1e-1, log: true } }, sampler: "tpe", seed: 0 })
 */
export function createStudy(options: StudyOptions): Study {
  return new Study(options);
}

export class Study {
  readonly space: Space;
  readonly directions: readonly Direction[];
  readonly seed: number;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly history: History;
  private readonly session: PrunerSession;
  private readonly decisions = new Map<number, Decision>();

  constructor(options: StudyOptions) {
    this.space = readSpace(options.space);
    this.directions = options.directions ?? [options.direction ?? "minimize"];
    for (const direction of this.directions)
      if (direction !== "minimize" && direction !== "maximize") throw errors.badDirection(direction);
    this.seed = options.seed ?? 0;
    if (!Number.isSafeInteger(this.seed)) throw optionOutOfRange("study", "seed", "a whole number", this.seed);
    this.sampler = resolvePlugin<Sampler>(options.sampler ?? "tpe", {
      kind: "sampler",
      known: [...(options.samplers ?? []), ...SAMPLERS],
      isMade: (choice) => "suggest" in choice,
    });
    this.pruner = resolvePlugin<Pruner>(options.pruner ?? "none", {
      kind: "pruner",
      known: [...(options.pruners ?? []), ...PRUNERS],
      isMade: (choice) => "open" in choice,
    });
    if (this.directions.length !== 1 && this.pruner.name !== "none")
      throw errors.oneObjectiveOnly(this.pruner.name, this.directions.length);
    this.history = new History(this.space, this.directions);
    this.session = this.pruner.open({
      direction: this.directions[0] ?? "minimize",
      seed: this.seed,
      space: this.space,
      ...(options.maxStep === undefined ? {} : { maxStep: options.maxStep }),
    });
    for (const past of [...(options.trials ?? [])].sort((a, b) => a.number - b.number)) this.replay(past);
  }

  /** All trials by number. */
  get trials(): readonly Trial[] {
    return this.history.trials;
  }

  /** Different trials that the sampler can suggest, undefined when there is no end. @throws GanError for a space it cannot search */
  get size(): number | undefined {
    return this.sampler.size?.(this.space);
  }

  /** The complete trial with the best value of the first objective, the earlier one of two equals. */
  get best(): Trial | undefined {
    let best: { trial: Trial; loss: number } | undefined;
    for (const trial of this.history.trials) {
      if (trial.state !== "complete") continue;
      const [loss = Infinity] = this.history.losses(trial);
      if (!best || loss < best.loss) best = { trial, loss };
    }
    return best?.trial;
  }

  /** Complete trials that no other one beats in every objective. */
  get paretoFront(): readonly Trial[] {
    const complete = this.history.trials.filter(({ state }) => state === "complete");
    return paretoFront(complete.map((trial) => this.history.losses(trial))).flatMap((i) => complete[i] ?? []);
  }

  /** A new trial. A function of (space, seed, number, history): who asks, and when, does not matter. */
  async ask(): Promise<Trial> {
    const number = this.history.nextNumber;
    const { space, history, seed } = this;
    // Nothing is awaited between the two: trials that are asked for at the same time get different numbers.
    return this.history.add(number, this.sampler.suggest({ space, history, seed, number }));
  }

  /**
   * Takes up a trial of an earlier study, running; report and tell it as it went.
   * @throws GanError when the number is taken, or the space does not have such params
   */
  restore({ number, params }: Pick<PastTrial, "number" | "params">): Trial {
    if (!Number.isSafeInteger(number) || number < 0) throw errors.badTrialNumber(number);
    if (this.history.get(number)) throw errors.trialExists(number);
    this.checkParams(number, params);
    return this.history.add(number, { ...params });
  }

  /** A value on the way, at a step (kimg) of at least 0. The pruner decides here, so the order of reports is what counts. */
  report(trial: TrialRef, step: number, value: number): Decision {
    const entry = this.running(trial, "report");
    if (typeof step !== "number" || !(step >= 0)) throw errors.badStep(entry.number, step);
    entry.reports.set(step, value);
    const decision = this.session.report(entry, step, value);
    if (decision.action === "exploit") entry.params = decision.params;
    this.decisions.set(entry.number, decision);
    return decision;
  }

  /** What the pruner made of the trial's last report. */
  decision(trial: TrialRef): Decision {
    return this.decisions.get(this.entry(trial).number) ?? { action: "continue" };
  }

  /** True when the trial should stop after its last report. */
  shouldPrune(trial: TrialRef): boolean {
    return this.decision(trial).action === "prune";
  }

  /**
   * The end of a trial.
   * @param value one number, one for each objective, or null for a failed trial; NaN is a failed trial, infinity a bad value
   */
  async tell(trial: TrialRef, value: Told, ending?: Ending): Promise<void> {
    await Promise.resolve();
    this.end(trial, value, ending);
  }

  /** As {@link tell}, at once. */
  end(trial: TrialRef, value: Told, ending?: Ending): void {
    const entry = this.running(trial, "tell");
    const values = value === null ? [] : typeof value === "number" ? [value] : [...value];
    const wrong = values.find((one) => typeof one !== "number");
    if (wrong !== undefined || value === undefined) throw errors.noValue(entry.number, wrong);
    const state = endOf(values, ending, this.shouldPrune(entry));
    if (state === "complete" && values.length !== this.directions.length)
      throw errors.badValueCount(entry.number, this.directions.length, values.length);
    this.history.change(entry, state, state === "failed" ? [] : values);
    this.decisions.delete(entry.number);
    this.session.finish?.(entry);
  }

  /** A failed trial is played again from its start, with the params that it had. */
  reopen(trial: TrialRef): Trial {
    const entry = this.entry(trial);
    if (entry.state !== "failed") throw errors.notFailed(entry.number, entry.state);
    entry.reports.clear();
    this.session.forget?.(entry);
    this.history.change(entry, "running", []);
    return entry;
  }

  private replay({ number, params, state = "running", values = [], reports = [] }: PastTrial): void {
    const trial = this.restore({ number, params });
    for (const [step, value] of reports) this.report(trial, step, value);
    if (state !== "running") this.end(trial, state === "failed" ? null : values, state);
  }

  private entry(trial: TrialRef): Entry {
    const number = typeof trial === "number" ? trial : trial?.number;
    const entry = this.history.get(number);
    if (!entry) throw errors.unknownTrial(number);
    return entry;
  }

  private running(trial: TrialRef, what: string): Entry {
    const entry = this.entry(trial);
    if (entry.state !== "running") throw errors.trialEnded(what, entry.number, entry.state);
    return entry;
  }

  private checkParams(number: number, params: Params): void {
    const encoded = encodeParams(this.space, params);
    const active = new Map(
      this.space.parameters.flatMap((parameter, i) =>
        isActive(parameter, params) ? [[parameter.path, encoded[i] ?? Number.NaN] as const] : [],
      ),
    );
    for (const [path, value] of Object.entries(params))
      if (!active.has(path)) throw errors.foreignParams(number, path, value, "which is no active parameter");
    for (const [path, code] of active)
      if (Number.isNaN(code)) throw errors.foreignParams(number, path, params[path], "which the space cannot give");
  }
}

function endOf(values: readonly number[], ending: Ending | undefined, prune: boolean): Ending {
  if (ending === "failed" || values.some((value) => Number.isNaN(value))) return "failed";
  if (ending === "pruned") return "pruned";
  if (values.length === 0) return ending === undefined ? "failed" : ending;
  return ending ?? (prune ? "pruned" : "complete");
}
