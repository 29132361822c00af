/**
 * @file TPE: models where good trials are and where the others are, and suggests what is likely under the first and
 * unlikely under the second.
 *
 * Bergstra et al. 2011, Sec. 4, in the multivariate form of Falkner et al. 2018 (BOHB), with the defaults of Optuna 5.
 * Conditional parameters are modelled in groups that are active together, each from the trials that had them.
 */
import { z } from "zod";
import type { Params, ParamValue, Sampler, Space, SuggestRequest } from "../../contracts.js";
import { uniforms } from "../../math/random.js";
import { assemble } from "../../space/arrange.js";
import { fromUnit, onGrid } from "../../space/distribution.js";
import { strict } from "../../space/schema.js";
import { definePlugin } from "../../study/plugins.js";
import { drawAtRandom } from "../random.js";
import { dimensionOf, type Dimension } from "./dimension.js";
import { ParzenEstimator } from "./parzen.js";
import { splitTrials, type Split } from "./split.js";

const options = strict({
  startupTrials: z.int().min(0).default(10).describe("trials drawn at random before the model is used"),
  candidates: z
    .int()
    .min(1)
    .max(10_000)
    .default(24)
    .describe("draws from the good density, of which the best is suggested"),
  multivariate: z.boolean().default(true).describe("model parameters jointly instead of one by one"),
  constantLiar: z.boolean().default(true).describe("take running trials for bad ones, so that workers do not crowd"),
});

type Options = z.infer<typeof options>;

export const tpe = definePlugin({
  name: "tpe",
  summary: "tree-structured Parzen estimator: draws where good trials are dense",
  aliases: ["bayes"],
  options,
  create: (given): Sampler => ({ name: "tpe", suggest: (request) => suggest(request, given) }),
});

function suggest(request: SuggestRequest, given: Options): Params {
  const { space, history, seed, number } = request;
  if (history.count("complete") + history.count("pruned") < given.startupTrials)
    return drawAtRandom(space, seed, number);
  const split = splitTrials({ history, seed, number, constantLiar: given.constantLiar });
  const chosen = new Map<number, ParamValue>();
  const fallback = uniforms(seed, "sweep/random", number, space.parameters.length);
  // Parents come first in the space, so a group's conditions are settled when its first parameter is reached.
  return assemble(space, (parameter, index) => {
    if (!chosen.has(index)) {
      const group = groupOf(space, index, given.multivariate);
      if (group.dimensions.length > 0)
        sampleGroup(request, { ...given, group, split }).forEach((value, at) => chosen.set(at, value));
    }
    return chosen.get(index) ?? fromUnit(parameter.distribution, fallback[index]);
  });
}

interface Group {
  /** The first of its parameters, which names its random stream. */
  readonly first: number;
  readonly dimensions: readonly Dimension[];
}

const groupCache = new WeakMap<Space, Map<string, Group>>();

/** Parameters with the same conditions are active together. */
function groupOf(space: Space, index: number, multivariate: boolean): Group {
  const cache = groupCache.get(space) ?? new Map<string, Group>();
  groupCache.set(space, cache);
  const key = multivariate ? JSON.stringify(space.parameters[index].when) : String(index);
  const known = cache.get(key);
  if (known) return known;
  const members = space.parameters.flatMap(({ when }, i) =>
    (multivariate ? JSON.stringify(when) === key : i === index) ? [i] : [],
  );
  const dimensions = members.flatMap((i) => dimensionOf(space, i) ?? []);
  const group = { first: members[0], dimensions };
  cache.set(key, group);
  return group;
}

interface GroupRequest extends Options {
  readonly group: Group;
  readonly split: Split;
}

/** The best of some draws from the good density, by parameter. */
function sampleGroup({ space, history, seed, number }: SuggestRequest, { group, split, candidates }: GroupRequest) {
  const { dimensions, first } = group;
  // A trial has all parameters of a group or none; one restored from another space may lack some.
  const columns = dimensions.map(({ index }) => history.column(index).values);
  const have = (slots: Int32Array) => slots.filter((slot) => columns.every((values) => !Number.isNaN(values[slot])));
  const below = new ParzenEstimator(dimensions, history, have(split.below));
  const above = new ParzenEstimator(dimensions, history, have(split.above));
  const width = dimensions.length + 1;
  const u = uniforms(seed, `sweep/tpe/${first}`, number, candidates * width);
  const points = Array.from({ length: candidates }, (_, i) => below.sample(u.subarray(i * width, (i + 1) * width)));
  const [good, bad] = [below.logPdf(points), above.logPdf(points)];
  let best = 0;
  for (let i = 1; i < candidates; i++) if (good[i] - bad[i] > good[best] - bad[best]) best = i;
  return new Map(
    dimensions.map((dimension, i) => [dimension.index, valueAt(space, dimension, points[best][i])] as const),
  );
}

function valueAt(space: Space, dimension: Dimension, x: number): ParamValue {
  if (dimension.kind === "numeric") return onGrid(dimension.distribution, x);
  const { distribution } = space.parameters[dimension.index];
  return distribution.kind === "choice" ? distribution.values[x] : null;
}
