/** @file Is this thing a plugin? Checked when it is registered, so that a foreign object fails before any work is done. */
import { DATASET, ENGINE, METRIC, TRACKER, VARIANT, type allOf } from "@gan-arena/core/base";
import { EXECUTOR, PRUNER, SAMPLER } from "@gan-arena/sweep";

type Kind = "function" | "text" | "list" | "schema" | "object" | "number";

interface Named {
  readonly name: string;
}

interface Shape {
  readonly token: Parameters<typeof allOf<Named>>[1];
  readonly kind: string;
  readonly members: Readonly<Record<string, Kind>>;
}

export const SHAPES: readonly Shape[] = [
  {
    token: VARIANT,
    kind: "variant",
    members: {
      paper: "object",
      deviations: "list",
      config: "schema",
      searchSpace: "object",
      networks: "function",
      optimizers: "function",
      phases: "function",
      views: "function",
    },
  },
  { token: DATASET, kind: "data set", members: { summary: "text", kind: "text", config: "schema", open: "function" } },
  {
    token: METRIC,
    kind: "metric",
    members: { protocol: "text", summary: "text", better: "text", unsuitable: "function", compute: "function" },
  },
  {
    token: ENGINE,
    kind: "engine",
    members: { summary: "text", rank: "number", unavailable: "function", create: "function" },
  },
  { token: TRACKER, kind: "tracker", members: { create: "function" } },
  { token: EXECUTOR, kind: "executor", members: { summary: "text", open: "function" } },
  { token: SAMPLER, kind: "sampler", members: { summary: "text", create: "function" } },
  { token: PRUNER, kind: "pruner", members: { summary: "text", create: "function" } },
];

const TESTS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  function: (value) => typeof value === "function",
  text: (value) => typeof value === "string" && value.length > 0,
  number: (value) => typeof value === "number",
  list: Array.isArray,
  object: (value) => value !== null && typeof value === "object",
  schema: (value) => value !== null && typeof value === "object" && "_zod" in value && "safeParse" in value,
};

const EXPECTED: Readonly<Record<Kind, string>> = {
  function: "a function",
  text: "text",
  number: "a number",
  list: "a list",
  object: "an object",
  schema: "a zod 4 schema",
};

/** What is wrong with a registered value, as the end of a sentence, or undefined when its shape is right. */
export function misshapen(shape: Shape, value: unknown): string | undefined {
  if (value === null || typeof value !== "object")
    return `registers a ${shape.kind} that is ${describe(value)}, expected an object`;
  const members = value as Record<string, unknown>;
  const { name } = members;
  if (typeof name !== "string" || !/^[a-z0-9][a-z0-9.-]*$/u.test(name))
    return `registers a ${shape.kind} whose name is ${describe(name)}, expected lower case letters, digits, dots and dashes`;
  for (const [member, kind] of Object.entries(shape.members))
    if (!TESTS[kind](members[member]))
      return `registers the ${shape.kind} "${name}" whose \`${member}\` is ${describe(members[member])}, expected ${EXPECTED[kind]}`;
  return undefined;
}

const describe = (value: unknown): string => {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? JSON.stringify(value) : `a value of type ${typeof value}`;
};
