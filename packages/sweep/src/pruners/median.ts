/**
 * @file Stops a trial whose best value so far is worse than the median, or another percentile, of complete trials at that step.
 *
 * Golovin et al. 2017, "Google Vizier", Sec. 3.2 (the median rule); decides as Optuna's PercentilePruner.
 */
import { z } from "zod";
import type { Decision, Pruner, PrunerContext, PrunerSession, Trial } from "../contracts.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";
import { CONTINUE, insertSorted, isDue, lastStep, lossOf, percentile, PRUNE } from "./ranked.js";

const common = {
  startupTrials: z.int().min(0).default(5).describe("complete trials before anything is stopped"),
  warmup: z.number().min(0).default(0).describe("kimg before which no trial is stopped"),
  interval: z.number().min(0).default(0).describe("kimg between two looks at a trial; 0: at every report"),
  minTrials: z.int().min(1).default(1).describe("complete trials that must have reported at the step"),
};

interface Options {
  readonly percentile: number;
  readonly startupTrials: number;
  readonly warmup: number;
  readonly interval: number;
  readonly minTrials: number;
}

class PercentileSession implements PrunerSession {
  private complete = 0;
  /** Losses of complete trials at each step, ascending, and how many were NaN. */
  private readonly steps = new Map<number, { readonly losses: number[]; nans: number }>();

  constructor(
    private readonly options: Options,
    private readonly context: PrunerContext,
  ) {}

  report(trial: Trial): Decision {
    const { options, context } = this;
    const step = lastStep(trial);
    if (context.maxStep !== undefined && step >= context.maxStep) return CONTINUE;
    if (this.complete === 0 || this.complete < options.startupTrials || !isDue(trial, step, options)) return CONTINUE;
    let best = Infinity;
    let seen = false;
    for (const value of trial.reports.values()) {
      if (Number.isNaN(value)) continue;
      seen = true;
      best = Math.min(best, lossOf(value, context.direction));
    }
    if (!seen) return PRUNE;
    const others = this.steps.get(step);
    if (!others || others.losses.length === 0 || others.losses.length + others.nans < options.minTrials)
      return CONTINUE;
    return best > percentile(others.losses, options.percentile) ? PRUNE : CONTINUE;
  }

  finish(trial: Trial): void {
    if (trial.state !== "complete") return;
    this.complete++;
    for (const [step, value] of trial.reports) {
      const others = this.steps.get(step) ?? { losses: [], nans: 0 };
      this.steps.set(step, others);
      if (Number.isNaN(value)) others.nans++;
      else insertSorted(others.losses, lossOf(value, this.context.direction));
    }
  }
}

export const medianPruner = definePlugin({
  name: "median",
  summary: "stops what is worse than the median of complete trials at the same kimg",
  options: strict(common),
  create: (given): Pruner => ({
    name: "median",
    open: (context) => new PercentileSession({ ...given, percentile: 50 }, context),
  }),
});

export const percentilePruner = definePlugin({
  name: "percentile",
  summary: "stops what is worse than the best given percent of complete trials at the same kimg",
  options: strict({
    ...common,
    percentile: z.number().min(0).max(100).default(25).describe("percent of trials that may go on"),
  }),
  create: (given): Pruner => ({ name: "percentile", open: (context) => new PercentileSession(given, context) }),
});
