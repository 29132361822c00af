/** @file Stops a trial that has not become better for some reports: Prechelt 1998, "Early stopping - but when?"; as Optuna's PatientPruner. */
import { z } from "zod";
import type { Pruner, PrunerContext, Trial } from "../contracts.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";
import { CONTINUE, lastStep, lossOf, PRUNE } from "./ranked.js";

const options = strict({
  patience: z.int().min(0).default(5).describe("reports without progress that are forgiven"),
  minDelta: z.number().min(0).default(0).describe("by how much the latest values must be worse than those before"),
});

type Options = z.infer<typeof options>;

function isStuck({ reports }: Trial, { patience, minDelta }: Options, direction: PrunerContext["direction"]): boolean {
  if (reports.size <= patience + 1) return false;
  const losses = [...reports].sort(([a], [b]) => a - b).map(([, value]) => lossOf(value, direction));
  const best = (values: readonly number[]) => {
    const numbers = values.filter((value) => !Number.isNaN(value));
    return numbers.length === 0 ? Number.NaN : Math.min(...numbers);
  };
  return best(losses.slice(0, -patience - 1)) + minDelta < best(losses.slice(-patience - 1));
}

/** @param inner asked only once patience is at an end; without it the trial stops then */
export const patient = (given: Options, inner?: Pruner): Pruner => ({
  name: inner ? `patience(${inner.name})` : "patience",
  open(context) {
    const session = inner?.open(context);
    return {
      ...(session?.finish ? { finish: (trial: Trial) => session.finish?.(trial) } : {}),
      ...(session?.forget ? { forget: (trial: Trial) => session.forget?.(trial) } : {}),
      report(trial, step, value) {
        const done = context.maxStep !== undefined && lastStep(trial) >= context.maxStep;
        if (done || !isStuck(trial, given, context.direction)) return CONTINUE;
        return session?.report(trial, step, value) ?? PRUNE;
      },
    };
  },
});

export const patience = definePlugin({
  name: "patience",
  summary: "stops what has not become better for some reports",
  options,
  create: (given) => patient(given),
});
