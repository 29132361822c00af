/**
 * @file CMA-ES as a sampler: good for numbers that depend on each other, with some hundred trials.
 *
 * A generation is lambda trials by number, so the distribution a trial is drawn from depends on the trials of complete
 * generations before it and on nothing else. Choices and conditional parameters are drawn at random.
 */
import { z } from "zod";
import { stream } from "@gan-arena/core/base";
import type { Params, Sampler, SuggestRequest } from "../../contracts.js";
import { oneObjectiveOnly } from "../../errors.js";
import { uniforms } from "../../math/random.js";
import { assemble } from "../../space/arrange.js";
import { countOf, domainOf, fromUnit, onGrid } from "../../space/distribution.js";
import { strict } from "../../space/schema.js";
import { definePlugin } from "../../study/plugins.js";
import type { Entry } from "../../study/history.js";
import type { Distribution } from "../../contracts.js";
import { Evolution } from "./evolution.js";

type Numeric = Extract<Distribution, { kind: "range" | "normal" }>;

interface Axis {
  readonly index: number;
  readonly distribution: Numeric;
  readonly low: number;
  readonly high: number;
}

export const cmaes = definePlugin({
  name: "cmaes",
  summary: "CMA-ES: follows valleys of numbers that depend on each other",
  options: strict({
    population: z
      .int()
      .min(4)
      .max(10_000)
      .optional()
      .describe("trials of a generation (default: 4 + 3 ln of the number of parameters)"),
  }),
  create: ({ population }): Sampler => ({ name: "cmaes", suggest: (request) => suggest(request, population) }),
});

function suggest(request: SuggestRequest, population: number | undefined): Params {
  const { space, history, seed, number } = request;
  if (history.directions.length > 1) throw oneObjectiveOnly("cmaes", history.directions.length);
  const axes = space.parameters.flatMap(({ distribution, when }, index): Axis[] => {
    const isNumeric = distribution.kind === "range" || distribution.kind === "normal";
    return isNumeric && when.length === 0 && countOf(distribution) > 1
      ? [{ index, distribution, ...domainOf(distribution) }]
      : [];
  });
  const u = uniforms(seed, "sweep/random", number, space.parameters.length);
  const evolved = new Map<number, number>();
  if (axes.length > 0) {
    const point = evolve(request, axes, population).sample(
      Float64Array.from(stream(seed, "sweep/cmaes").normal(number, new Float32Array(axes.length))),
    );
    axes.forEach(({ index, distribution, low, high }, i) =>
      evolved.set(index, onGrid(distribution, low + point[i] * (high - low))),
    );
  }
  return assemble(space, ({ distribution }, index) => evolved.get(index) ?? fromUnit(distribution, u[index]));
}

/** The state after all generations that are complete before this trial: replayed, which costs little beside a trial. */
function evolve({ history, number }: SuggestRequest, axes: readonly Axis[], population: number | undefined): Evolution {
  const evolution = new Evolution(axes.length, population);
  const { lambda } = evolution;
  const generations: Entry[][] = [];
  for (const trial of history.trials)
    if (trial.state === "complete" && trial.number < number)
      (generations[Math.floor(trial.number / lambda)] ??= []).push(trial);
  const columns = axes.map(({ index, low, high }) => ({ values: history.column(index).values, low, high }));
  for (const generation of generations) {
    // A generation of which too many are missing, because they run, failed or were pruned, teaches nothing.
    if (!generation || generation.length < Math.ceil(lambda / 2) + 1) continue;
    const losses = new Map(generation.map((trial) => [trial, history.losses(trial)[0]] as const));
    const sorted = generation.toSorted((a, b) => (losses.get(a) ?? 0) - (losses.get(b) ?? 0) || a.number - b.number);
    evolution.update(
      sorted.map(({ slot }) =>
        Float64Array.from(columns, ({ values, low, high }) => (values[slot] - low) / (high - low)),
      ),
    );
  }
  return evolution;
}
