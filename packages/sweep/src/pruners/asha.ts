/**
 * @file Asynchronous successive halving: at rungs that lie a factor eta apart only the best 1/eta of all that came so far go on.
 *
 * Li et al. 2020, "A system for massively parallel hyperparameter tuning", MLSys, arXiv:1810.05934, in the form that stops
 * trials instead of pausing them. `rank` decides as Optuna's SuccessiveHalvingPruner, `quantile` as Ray Tune's ASHA: by the
 * quantile of those that reached the rung before.
 */
import { z } from "zod";
import type { Decision, Pruner, PrunerContext, PrunerSession, Trial } from "../contracts.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";
import { CONTINUE, insertSorted, lastStep, lossOf, percentile, PRUNE, removeSorted } from "./ranked.js";

export interface RungOptions {
  /** The first rung, in steps, when s = 0. */
  readonly minIter: number;
  readonly eta: number;
  /** Rungs that are left out at the beginning: the first is at minIter eta^s. */
  readonly s: number;
  /** Trials that must have reached a rung before one may leave it. */
  readonly bootstrap: number;
  readonly rule: "rank" | "quantile";
}

/** The first rung when none is named: three rungs below the end. */
export const firstRung = (maxIter: number | undefined, eta: number): number =>
  maxIter === undefined ? 1 : maxIter / eta ** 3;

/** One ladder of rungs. */
export class Ladder implements PrunerSession {
  /** Losses by rung, ascending. */
  private readonly rungs: number[][] = [];
  /** Losses with which a trial entered its rungs. */
  private readonly entered = new Map<number, number[]>();

  constructor(
    private readonly options: RungOptions,
    private readonly context: Pick<PrunerContext, "direction" | "maxStep">,
  ) {}

  report(trial: Trial): Decision {
    const step = lastStep(trial);
    if (this.context.maxStep !== undefined && step >= this.context.maxStep) return CONTINUE;
    const { minIter, eta, s, rule, bootstrap } = this.options;
    const loss = lossOf(trial.reports.get(step) ?? Number.NaN, this.context.direction);
    const mine = this.entered.get(trial.number) ?? [];
    this.entered.set(trial.number, mine);
    // A report may pass several rungs at once: it counts at each that it is good enough to reach.
    for (;;) {
      if (step < minIter * eta ** (s + mine.length)) return CONTINUE;
      if (Number.isNaN(loss)) return PRUNE;
      const rung = (this.rungs[mine.length] ??= []);
      const stays = rule === "quantile" && rung.length > 0 && loss > percentile(rung, 100 / eta);
      insertSorted(rung, loss);
      mine.push(loss);
      if (rung.length <= bootstrap || stays) return PRUNE;
      if (rule === "rank" && loss > rung[Math.max(0, Math.floor(rung.length / eta) - 1)]) return PRUNE;
    }
  }

  forget({ number }: Trial): void {
    this.entered.get(number)?.forEach((loss, rung) => removeSorted(this.rungs[rung], loss));
    this.entered.delete(number);
  }

  finish({ number, state }: Trial): void {
    if (state !== "failed") this.entered.delete(number);
  }
}

export const asha = definePlugin({
  name: "asha",
  summary: "asynchronous successive halving: at each rung the best 1/eta go on",
  options: strict({
    minIter: z.number().positive().optional().describe("first rung, in kimg (default: the budget over eta cubed)"),
    eta: z.number().min(1.01).max(1000).default(4).describe("one of so many goes on, and rungs lie this factor apart"),
    s: z.int().min(0).max(100).default(0).describe("rungs left out at the beginning"),
    bootstrap: z.int().min(0).default(0).describe("trials that a rung stops whatever they are"),
    rule: z
      .enum(["rank", "quantile"])
      .default("rank")
      .describe("rank among all at the rung, or quantile of those before"),
  }),
  create: ({ minIter, ...options }): Pruner => ({
    name: "asha",
    open: (context) => new Ladder({ ...options, minIter: minIter ?? firstRung(context.maxStep, options.eta) }, context),
  }),
});
