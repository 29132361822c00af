/**
 * @file Grid search: every combination once, in a fixed order, the last parameter fastest.
 *
 * Parameters that are tied by conditions form a component, whose combinations are listed; components are multiplied by
 * counting, so that point n is found without listing those before it.
 */
import type { Params, ParamValue, Sampler, Space } from "../contracts.js";
import { gridExhausted, gridTooLarge, notListable } from "../errors.js";
import { isActive } from "../space/arrange.js";
import { countOf, valuesOf } from "../space/distribution.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";

/** Combinations that are listed, at most. */
const LIMIT = 1_000_000;

export interface Grid {
  readonly size: number;
  /** @param index in [0, size) */
  point(index: number): Params;
}

/** @throws GanError BAD_CONFIG for a range without steps, or a grid that is too large */
export function gridOf(space: Space): Grid {
  const endless = space.parameters.find(({ distribution }) => countOf(distribution) === Infinity);
  if (endless) throw notListable(endless.id);
  const components = componentsOf(space).map((parameters) => combinations(space, parameters));
  const size = components.reduce((product, { length }) => product * length, 1);
  if (!Number.isSafeInteger(size)) throw gridTooLarge(Number.MAX_SAFE_INTEGER);
  return { size, point: (index) => pointOf(space, components, index) };
}

function pointOf(space: Space, components: readonly Params[][], index: number): Params {
  const params: Record<string, ParamValue> = {};
  let rest = index;
  for (const listed of components.toReversed()) {
    Object.assign(params, listed[rest % listed.length]);
    rest = Math.floor(rest / listed.length);
  }
  const order = space.parameters.map(({ path }) => path);
  return Object.fromEntries(
    order.filter((path) => Object.hasOwn(params, path)).map((path) => [path, params[path] ?? null]),
  );
}

/** Indices of parameters that are tied by conditions or share a path, in the order of the space. */
function componentsOf({ parameters }: Space): number[][] {
  const group = parameters.map((_, i) => i);
  const join = (a: number, b: number) => {
    const [from, to] = [group[a], group[b]];
    group.forEach((at, i) => {
      if (at === from) group[i] = to ?? at;
    });
  };
  parameters.forEach(({ path, when }, i) =>
    parameters.slice(0, i).forEach((other, j) => {
      if (other.path === path || when.some(({ parent }) => parent === other.path)) join(i, j);
    }),
  );
  return [...new Set(group)].map((at) => parameters.map((_, i) => i).filter((i) => group[i] === at));
}

function combinations(space: Space, indices: readonly number[]): Params[] {
  let listed: Record<string, ParamValue>[] = [{}];
  for (const index of indices) {
    const parameter = space.parameters[index];
    if (!parameter) continue;
    const active = listed.filter((params) => isActive(parameter, params)).length;
    if (listed.length + active * (countOf(parameter.distribution) - 1) > LIMIT) throw gridTooLarge(LIMIT);
    const values = valuesOf(parameter.distribution) ?? [];
    listed = listed.flatMap((params) =>
      isActive(parameter, params) ? values.map((value) => ({ ...params, [parameter.path]: value })) : [params],
    );
  }
  return listed;
}

const grids = new WeakMap<Space, Grid>();

function cachedGrid(space: Space): Grid {
  const known = grids.get(space) ?? gridOf(space);
  grids.set(space, known);
  return known;
}

export const grid = definePlugin({
  name: "grid",
  summary: "every combination once",
  options: strict({}),
  create: (): Sampler => ({
    name: "grid",
    oblivious: true,
    size: (space) => cachedGrid(space).size,
    suggest({ space, number }) {
      const listed = cachedGrid(space);
      if (number >= listed.size) throw gridExhausted(number, listed.size);
      return listed.point(number);
    },
  }),
});
