/**
 * @file Population based training: every so often the worst trials copy the best ones and go on with changed settings.
 *
 * Jaderberg et al. 2017, arXiv:1711.09846, Sec. 4.1: exploit by truncation selection, explore by perturbing or resampling.
 * It decides only; whoever plays the trials copies the checkpoint. Goes with random search: other samplers would take a
 * trial's first settings for those that its value was reached with.
 */
import { z } from "zod";
import type {
  Decision,
  Distribution,
  Params,
  ParamValue,
  Pruner,
  PrunerContext,
  PrunerSession,
  Trial,
} from "../contracts.js";
import { uniforms } from "../math/random.js";
import { assemble } from "../space/arrange.js";
import { encode, fromUnit, onGrid, valuesOf } from "../space/distribution.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";
import { CONTINUE, lastStep, lossOf } from "./ranked.js";

const options = strict({
  interval: z
    .number()
    .positive()
    .optional()
    .describe("kimg between two looks at a trial (default: a tenth of the budget, else 1)"),
  quantile: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.25)
    .describe("share of the worst that copy, and of the best that are copied"),
  resample: z
    .number()
    .min(0)
    .max(1)
    .default(0.25)
    .describe("how likely a setting is drawn anew instead of being changed a little"),
  factors: z
    .array(z.number().positive())
    .min(1)
    .max(100)
    .default([1.2, 0.8])
    .describe("what numbers are multiplied with"),
});

type Options = z.infer<typeof options>;

interface Member {
  readonly trial: Trial;
  loss: number;
  lastLook: number;
  looks: number;
}

class Population implements PrunerSession {
  private readonly members = new Map<number, Member>();

  constructor(
    private readonly options: Options & { readonly interval: number },
    private readonly context: PrunerContext,
  ) {}

  report(trial: Trial, step: number, value: number): Decision {
    const member = this.members.get(trial.number) ?? { trial, loss: 0, lastLook: 0, looks: 0 };
    this.members.set(trial.number, member);
    member.loss = Number.isNaN(value) ? Infinity : lossOf(value, this.context.direction);
    if (this.isDone(trial) || step - member.lastLook < this.options.interval) return CONTINUE;
    member.lastLook = step;
    member.looks++;
    const { worst, best } = this.extremes();
    if (!worst.includes(member) || best.length === 0) return CONTINUE;
    const u = uniforms(
      this.context.seed,
      `sweep/pbt/${trial.number}`,
      member.looks,
      1 + 2 * this.context.space.parameters.length,
    );
    const from = best[Math.floor(u[0] * best.length)];
    member.loss = from.loss;
    return { action: "exploit", from: from.trial.number, params: this.explore(from.trial.params, u.subarray(1)) };
  }

  finish(trial: Trial): void {
    if (trial.state === "failed") this.forget(trial);
  }

  forget({ number }: Trial): void {
    this.members.delete(number);
  }

  private isDone(trial: Trial): boolean {
    return this.context.maxStep !== undefined && lastStep(trial) >= this.context.maxStep;
  }

  /** The worst and the best share of the population, at most half of it each. */
  private extremes(): { worst: Member[]; best: Member[] } {
    const ranked = [...this.members.values()].sort((a, b) => a.loss - b.loss || a.trial.number - b.trial.number);
    const count = Math.min(Math.ceil(ranked.length * this.options.quantile), Math.floor(ranked.length / 2));
    return { best: ranked.slice(0, count), worst: count === 0 ? [] : ranked.slice(-count) };
  }

  private explore(params: Params, u: Float64Array): Params {
    const { resample, factors } = this.options;
    return assemble(this.context.space, ({ path, distribution }, i) => {
      const [value, coin, draw] = [params[path], u[2 * i], u[2 * i + 1]];
      if (value === undefined || coin < resample) return fromUnit(distribution, draw);
      return perturb(distribution, value, factors, draw);
    });
  }
}

/** A choice moves to a neighbour or stays, a number is multiplied; both stay inside the distribution. */
function perturb(distribution: Distribution, value: ParamValue, factors: readonly number[], u: number): ParamValue {
  if (distribution.kind === "constant") return value;
  if (distribution.kind === "choice") {
    const values = valuesOf(distribution) ?? [];
    const at = values.indexOf(value) + Math.floor(3 * u) - 1;
    return values[Math.min(values.length - 1, Math.max(0, at))];
  }
  const scaled = Number(value) * factors[Math.floor(u * factors.length)];
  const x = distribution.log ? Math.log(scaled) : scaled;
  const next = onGrid(distribution, x);
  return Number.isNaN(encode(distribution, next)) ? value : next;
}

export const pbt = definePlugin({
  name: "pbt",
  summary: "population based training: the worst copy the best and change their settings",
  options,
  create: ({ interval, ...given }): Pruner => ({
    name: "pbt",
    open: (context) => {
      const tenth = context.maxStep === undefined ? 1 : context.maxStep / 10;
      return new Population({ ...given, interval: interval ?? tenth }, context);
    },
  }),
});
