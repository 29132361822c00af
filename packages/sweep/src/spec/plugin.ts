/** @file A sampler or pruner as a sweep file names it: `tpe`, or `{ type: tpe, startup_trials: 20 }`. */
import { GanError, suggest } from "@gan-arena/core/base";
import { check, type Path, type Problem } from "../space/schema.js";
import type { PluginFactory } from "../study/plugins.js";

interface Place {
  readonly kind: "sampler" | "pruner";
  readonly path: Path;
}

type Chosen = string | { readonly type: string; readonly [option: string]: unknown };

/** Never throws: a name or option that does not fit is a problem. */
export function readPlugin<T>(
  chosen: Chosen,
  known: readonly PluginFactory<T>[],
  { kind, path }: Place,
): { readonly value?: T; readonly problems: readonly Problem[] } {
  const { type, ...written } = typeof chosen === "string" ? { type: chosen } : chosen;
  const at = typeof chosen === "string" ? path : [...path, "type"];
  const factory = known.find(({ name, aliases }) => name === type || aliases?.includes(type));
  if (!factory) {
    const names = known.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    return { problems: [{ path: at, message: `there is no ${kind} "${type}"; ${suggest(type, names)}` }] };
  }
  const keys = Object.keys(factory.options.shape);
  const foreign = Object.keys(written).find((key) => !keys.some((option) => snakeCase(option) === key));
  if (foreign !== undefined) {
    const message = `${factory.name} has no option "${foreign}"; ${suggest(foreign, keys.map(snakeCase))}`;
    return { problems: [{ path: [...path, foreign], atKey: true, message }] };
  }
  const options = Object.fromEntries(Object.entries(written).map(([key, value]) => [camelCase(key), value]));
  const checked = check(factory.options, options);
  const inFile = (problem: Problem): Problem => ({
    ...problem,
    path: [...path, ...problem.path.map((key) => (typeof key === "string" ? snakeCase(key) : key))],
  });
  if (!checked.value) return { problems: checked.problems.map(inFile) };
  try {
    return { value: factory.create(checked.value), problems: [] };
  } catch (error) {
    if (!(error instanceof GanError)) throw error;
    return { problems: [{ path, message: error.message.replace(/^\[.*?\] /u, "") }] };
  }
}

export const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/gu, (_, letter: string) => letter.toUpperCase());
