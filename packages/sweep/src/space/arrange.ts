/** @file Puts parameters in order, parents first, and checks that their conditions can hold. */
import { suggest } from "@gan-arena/core/base";
import type { Condition, Parameter, ParamValue, Space } from "../contracts.js";
import { countOf, encode, valuesOf } from "./distribution.js";
import type { Found } from "./read.js";
import type { Path, Problem } from "./schema.js";

/** More are no sweep, and comparing each with each would take long. */
const MOST_PARAMETERS = 1000;

interface Arranged {
  readonly space: Space;
  readonly problems: Problem[];
  /** Where each parameter was written, by id. */
  readonly places: Map<string, Path>;
}

const refused = (problems: Problem[]): Arranged => ({ space: { parameters: [] }, problems, places: new Map() });

/** Parents before children, otherwise in the order of the document. */
export function arrange(found: readonly Found[]): Arranged {
  const byPath = new Map<string, Found[]>();
  for (const parameter of found) byPath.set(parameter.path, [...(byPath.get(parameter.path) ?? []), parameter]);
  if (found.length > MOST_PARAMETERS)
    return refused([
      {
        path: found[MOST_PARAMETERS].place,
        atKey: true,
        message: `at most ${MOST_PARAMETERS} parameters can be searched, got ${found.length}; leave some out`,
      },
    ]);
  const problems = [
    ...found.flatMap((parameter) => badConditions(parameter, byPath)),
    ...insideOthers(found, byPath),
    ...[...byPath.values()].flatMap(bothActive),
  ];
  if (problems.length > 0) return refused(problems);
  const ordered: Found[] = [];
  const placed = new Set<string>();
  let waiting = [...byPath.values()];
  while (waiting.length > 0) {
    const ready = waiting.filter((group) => group.every(({ when }) => when.every(({ parent }) => placed.has(parent))));
    if (ready.length === 0) return refused([cycle(waiting[0]?.[0])]);
    for (const group of ready) {
      ordered.push(...group);
      placed.add(group[0]?.path ?? "");
    }
    waiting = waiting.filter((group) => !ready.includes(group));
  }
  const parameters = ordered.map((parameter) => named(parameter, byPath));
  const places = new Map(parameters.map(({ id }, i) => [id, ordered[i].place] as const));
  return { space: { parameters }, problems: [], places };
}

function named({ path, distribution, when }: Found, byPath: ReadonlyMap<string, Found[]>): Parameter {
  const conditions = when.map(({ parent, values }) => `${parent}=${values.join("|")}`).join(",");
  return { id: (byPath.get(path)?.length ?? 0) > 1 ? `${path}{${conditions}}` : path, path, distribution, when };
}

/** A parameter of more values is a range, as far as conditions go. */
const MOST_VALUES = 100_000;

function badConditions({ place, path, when }: Found, byPath: ReadonlyMap<string, Found[]>): Problem[] {
  return when.flatMap(({ parent, values }) => {
    const at = [...place, "when", parent];
    const parents = byPath.get(parent);
    if (!parents)
      return [
        {
          path: at,
          atKey: true,
          message: `there is no parameter "${parent}"; ${suggest(
            parent,
            [...byPath.keys()].filter((known) => known !== path),
          )}`,
        },
      ];
    const few = parents.filter(({ distribution }) => countOf(distribution) <= MOST_VALUES);
    const possible = few.flatMap(({ distribution }) => valuesOf(distribution) ?? []);
    if (possible.length === 0)
      return [
        {
          path: at,
          atKey: true,
          message: `a condition needs a parameter with values, but "${parent}" is a range; give it values or a step`,
        },
      ];
    const never = values.find((value) => !possible.includes(value));
    if (values.length > 0 && never === undefined) return [];
    const known = possible.slice(0, 50).map(String);
    return [{ path: at, message: `"${parent}" never is ${JSON.stringify(never)}; ${suggest(String(never), known)}` }];
  });
}

/** A path cannot be a value and a block at once. */
const insideOthers = (found: readonly Found[], byPath: ReadonlyMap<string, Found[]>): Problem[] =>
  found.flatMap(({ path, place }) => {
    const segments = path.split(".");
    const outer = segments.map((_, i) => segments.slice(0, i).join(".")).find((prefix) => byPath.has(prefix));
    if (outer === undefined) return [];
    return [
      {
        path: place,
        atKey: true,
        message: `"${path}" lies inside "${outer}", which is a parameter itself; remove one of them`,
      },
    ];
  });

function bothActive(group: readonly Found[]): Problem[] {
  for (const [i, one] of group.entries())
    for (const other of group.slice(0, i))
      if (!exclude(one.when, other.when))
        return [
          {
            path: one.place,
            atKey: true,
            message: `"${one.path}" is there twice and both may be active; remove one or give them different when`,
          },
        ];
  return [];
}

const exclude = (one: readonly Condition[], other: readonly Condition[]): boolean =>
  one.some((a) => other.some((b) => a.parent === b.parent && !a.values.some((value) => b.values.includes(value))));

const cycle = (parameter: Found | undefined): Problem => ({
  path: parameter?.place ?? [],
  atKey: true,
  message: `the conditions of "${parameter?.path}" go in a circle; remove one of them`,
});

/** Whether a parameter is active, given the params of those before it. */
export const isActive = ({ when }: Parameter, params: Readonly<Record<string, ParamValue>>): boolean =>
  when.every(({ parent, values }) => {
    const value = params[parent];
    return value !== undefined && values.includes(value);
  });

/** Params from the value that `pick` gives each active parameter, parents first. */
export function assemble(
  space: Space,
  pick: (parameter: Parameter, index: number) => ParamValue,
): Record<string, ParamValue> {
  const params: Record<string, ParamValue> = {};
  space.parameters.forEach((parameter, index) => {
    if (isActive(parameter, params)) params[parameter.path] = pick(parameter, index);
  });
  return params;
}

/** Numbers of the params by parameter, NaN where a parameter is not active or cannot have the value. */
export function encodeParams(space: Space, params: Readonly<Record<string, ParamValue>>): Float64Array {
  return Float64Array.from(space.parameters, (parameter) => {
    const value = params[parameter.path];
    return value === undefined || !isActive(parameter, params) ? Number.NaN : encode(parameter.distribution, value);
  });
}
