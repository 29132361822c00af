/** @file Stops a trial whose value leaves a range or is no number: for runs that have diverged. As Optuna's ThresholdPruner. */
import { z } from "zod";
import type { Pruner } from "../contracts.js";
import { thresholdNeedsBound } from "../errors.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";
import { CONTINUE, isDue, lastStep, PRUNE } from "./ranked.js";

export const threshold = definePlugin({
  name: "threshold",
  summary: "stops what leaves a range",
  options: strict({
    lower: z.number().optional().describe("smallest value that goes on"),
    upper: z.number().optional().describe("largest value that goes on"),
    warmup: z.number().min(0).default(0).describe("kimg before which no trial is stopped"),
    interval: z.number().min(0).default(0).describe("kimg between two looks at a trial; 0: at every report"),
  }),
  create({ lower, upper, ...beat }): Pruner {
    if ((lower === undefined && upper === undefined) || (lower ?? -Infinity) > (upper ?? Infinity))
      throw thresholdNeedsBound(lower, upper);
    return {
      name: "threshold",
      open: () => ({
        report(trial) {
          const step = lastStep(trial);
          const value = trial.reports.get(step) ?? Number.NaN;
          if (!isDue(trial, step, beat)) return CONTINUE;
          const inside = value >= (lower ?? -Infinity) && value <= (upper ?? Infinity);
          return inside ? CONTINUE : PRUNE;
        },
      }),
    };
  },
});
