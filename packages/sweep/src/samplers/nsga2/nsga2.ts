/**
 * @file NSGA-II: breeds new trials from the best ones, with respect to several objectives at once.
 *
 * Deb, Pratap, Agarwal, Meyarivan 2002, IEEE Trans. Evol. Comp. 6: non-dominated sorting, crowding, binary tournaments,
 * simulated binary crossover and polynomial mutation (Deb and Agrawal 1995). Parents are the best of all complete trials at
 * the time of asking, so no worker waits for a generation to end.
 */
import { z } from "zod";
import type { Distribution, Params, ParamValue, Sampler, SuggestRequest } from "../../contracts.js";
import { uniforms } from "../../math/random.js";
import { assemble } from "../../space/arrange.js";
import { domainOf, fromUnit, onGrid } from "../../space/distribution.js";
import { strict } from "../../space/schema.js";
import { definePlugin } from "../../study/plugins.js";
import { drawAtRandom } from "../random.js";
import { selectBest } from "./select.js";

const options = strict({
  population: z.int().min(2).max(10_000).default(50).describe("trials drawn at random at first, and parents later"),
  crossover: z.number().min(0).max(1).default(0.9).describe("how likely a trial has two parents"),
  mutation: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("how likely a parameter mutates (default: one of each trial on average)"),
  eta: z.number().positive().default(20).describe("how near children stay to their parents: the distribution index"),
});

type Options = z.infer<typeof options>;

/** Random numbers for each parameter: crossover or not, its spread, which child, mutation or not, its size, a fresh value. */
const DRAWS = 6;

export const nsga2 = definePlugin({
  name: "nsga2",
  summary: "breeds from the best trials, for several objectives at once",
  options,
  create: (given): Sampler => ({ name: "nsga2", suggest: (request) => breed(request, given) }),
});

function breed({ space, history, seed, number }: SuggestRequest, given: Options): Params {
  const complete = history.trials.filter(({ state }) => state === "complete");
  if (complete.length < Math.min(given.population, 2) || number < given.population)
    return drawAtRandom(space, seed, number);
  const best = selectBest(
    complete.map((trial) => history.losses(trial)),
    given.population,
  );
  const u = uniforms(seed, "sweep/nsga2", number, 5 + DRAWS * space.parameters.length);
  // Parents are sorted, so the winner of a tournament is the one of smaller index.
  const tournament = (i: number) => complete[best[Math.floor(Math.min(u[i], u[i + 1]) * best.length)]].params;
  const [mother, father] = [tournament(0), tournament(2)];
  const two = u[4] < given.crossover;
  const rate = given.mutation ?? 1 / space.parameters.length;
  return assemble(space, ({ path, distribution }, index) => {
    const draws = u.subarray(5 + DRAWS * index, 5 + DRAWS * (index + 1));
    // A parameter that only one parent had comes from that one; one that neither had is drawn.
    const [a, b] = [mother[path] ?? father[path], two ? (father[path] ?? mother[path]) : mother[path]];
    if (a === undefined) return fromUnit(distribution, draws[5]);
    const child = b === undefined ? a : cross(distribution, [a, b], draws, given.eta);
    return draws[3] < rate ? mutate(distribution, child, draws, given.eta) : child;
  });
}

/** Deb and Agrawal 1995: children lie around their parents as if binary strings had been crossed. */
function cross(
  distribution: Distribution,
  [a, b]: readonly [ParamValue, ParamValue],
  draws: Float64Array,
  eta: number,
): ParamValue {
  if (a === b) return a;
  if (distribution.kind === "choice" || distribution.kind === "constant") return draws[0] < 0.5 ? a : b;
  if (draws[0] < 0.5) return draws[2] < 0.5 ? a : b;
  const u = draws[1];
  const beta = u < 0.5 ? (2 * u) ** (1 / (eta + 1)) : (1 / (2 * (1 - u))) ** (1 / (eta + 1));
  const [x, y] = [coordinate(distribution.log, a), coordinate(distribution.log, b)];
  const sign = draws[2] < 0.5 ? 1 : -1;
  return inside(distribution, (x + y) / 2 + (sign * beta * (y - x)) / 2);
}

/** Polynomial mutation; a choice is drawn anew. */
function mutate(distribution: Distribution, value: ParamValue, draws: Float64Array, eta: number): ParamValue {
  if (distribution.kind === "choice" || distribution.kind === "constant") return fromUnit(distribution, draws[5]);
  const { low, high } = domainOf(distribution);
  const u = draws[4];
  const delta = u < 0.5 ? (2 * u) ** (1 / (eta + 1)) - 1 : 1 - (2 * (1 - u)) ** (1 / (eta + 1));
  return inside(distribution, coordinate(distribution.log, value) + delta * (high - low));
}

const coordinate = (log: boolean, value: ParamValue): number => (log ? Math.log(Number(value)) : Number(value));

function inside(distribution: Extract<Distribution, { kind: "range" | "normal" }>, x: number): number {
  const { low, high } = domainOf(distribution);
  return onGrid(distribution, Math.min(high, Math.max(low, x)));
}
