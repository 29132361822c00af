/**
 * @file Hyperband: several ladders of successive halving that differ in how early they begin to stop trials.
 *
 * Li et al. 2018, "Hyperband", JMLR 18, Alg. 1, asynchronously and with trials dealt to brackets by a hash, as in Optuna.
 */
import { crc32 } from "node:zlib";
import { z } from "zod";
import type { Decision, Pruner, PrunerContext, PrunerSession, Trial } from "../contracts.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";
import { firstRung, Ladder } from "./asha.js";
import { CONTINUE, lastStep } from "./ranked.js";

const options = strict({
  minIter: z.number().positive().optional().describe("first rung, in kimg (default: max_iter over eta cubed)"),
  maxIter: z
    .number()
    .positive()
    .optional()
    .describe("when a trial is done, in kimg (default: the budget, else what the first complete trial reached)"),
  eta: z.number().min(1.01).max(1000).default(3).describe("one of so many goes on, and rungs lie this factor apart"),
  s: z.int().min(1).max(100).optional().describe("instead of min_iter: the first rung is max_iter over eta^s"),
  bootstrap: z.int().min(0).default(0).describe("trials that a rung stops whatever they are"),
  label: z
    .string()
    .optional()
    .describe("dealt to brackets by the hash of this and the trial's number (default: the seed)"),
});

type Options = z.infer<typeof options>;

class Brackets implements PrunerSession {
  private ladders: Ladder[] = [];
  private budgets: number[] = [];
  private furthest = 0;

  constructor(
    private readonly options: Options,
    private readonly context: PrunerContext,
  ) {
    const { maxIter = context.maxStep } = options;
    if (maxIter !== undefined) this.build(maxIter);
  }

  report(trial: Trial): Decision {
    if (this.ladders.length === 0 && this.furthest > 0) this.build(this.furthest + 1);
    return this.ladders.length === 0 ? CONTINUE : this.ladders[this.bracketOf(trial)].report(trial);
  }

  finish(trial: Trial): void {
    if (trial.state === "complete") this.furthest = Math.max(this.furthest, lastStep(trial));
    if (this.ladders.length > 0) this.ladders[this.bracketOf(trial)].finish(trial);
  }

  forget(trial: Trial): void {
    if (this.ladders.length > 0) this.ladders[this.bracketOf(trial)].forget(trial);
  }

  private build(maxIter: number): void {
    const { eta, s, bootstrap } = this.options;
    const fromS = s === undefined ? undefined : maxIter / eta ** s;
    const minIter = this.options.minIter ?? fromS ?? firstRung(this.options.maxIter ?? this.context.maxStep, eta);
    const count = Math.max(1, Math.floor(Math.log(maxIter / minIter) / Math.log(eta) + 1e-9) + 1);
    // Bracket 0 begins to stop at the first rung and gets most trials.
    this.budgets = Array.from({ length: count }, (_, i) => Math.ceil((count * eta ** (count - 1 - i)) / (count - i)));
    this.ladders = this.budgets.map(
      (_, i) => new Ladder({ minIter, eta, s: i, bootstrap, rule: "rank" }, this.context),
    );
  }

  private bracketOf({ number }: Trial): number {
    const total = this.budgets.reduce((sum, budget) => sum + budget, 0);
    let left = crc32(`${this.options.label ?? this.context.seed}_${number}`) % total;
    const found = this.budgets.findIndex((budget) => (left -= budget) < 0);
    return found;
  }
}

export const hyperband = definePlugin({
  name: "hyperband",
  summary: "successive halving in brackets that begin to stop trials at different rungs",
  options,
  create: (given): Pruner => ({ name: "hyperband", open: (context) => new Brackets(given, context) }),
});
