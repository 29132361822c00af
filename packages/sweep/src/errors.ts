/** @file Messages of the sweep's space, samplers, pruners and study, one function each. */
import { badConfig, suggest, unknownName, type GanError } from "@gan-arena/core/base";

const show = (value: unknown): string => {
  if (typeof value === "number" || value === undefined) return String(value);
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** A parameter that cannot be searched. @param id of the parameter @param problem what was expected, what came, what to do */
const badParameter = (id: string, problem: string): GanError => badConfig(`parameters.${id}`, problem);

/** An option of a sampler or pruner. */
export const badOption = (plugin: string, problem: string): GanError => badConfig(plugin, problem);

export const notListable = (id: string): GanError =>
  badParameter(
    id,
    "a grid needs values, a step or q here, got a range without one; add step, list values, or use method: random, sobol or tpe",
  );

export const gridTooLarge = (limit: number): GanError =>
  badConfig(
    "grid",
    `at most ${limit} points can be listed, got more; use method: random or sobol, or list fewer values`,
  );

export const gridExhausted = (number: number, size: number): GanError =>
  badConfig(
    "study.ask",
    `the sampler has ${size} different trials, numbers 0 to ${size - 1}, got a request for ${number}; stop at ${size}`,
  );

export const unknownTrial = (number: number): GanError =>
  badConfig("study", `there is no trial ${number}; take it from study.ask() or study.restore()`);

export const trialExists = (number: number): GanError =>
  badConfig("study.restore", `trial ${number} is there already; restore each number once`);

export const badTrialNumber = (number: unknown): GanError =>
  badConfig("study.restore", `the number of a trial must be whole and at least 0, got ${show(number)}; count from 0`);

export const trialEnded = (what: string, number: number, state: string): GanError =>
  badConfig(`study.${what}`, `trial ${number} must be running, but it is ${state}; ask for another one`);

export const notFailed = (number: number, state: string): GanError =>
  badConfig("study.reopen", `only a failed trial can be played again, but trial ${number} is ${state}`);

export const badStep = (number: number, step: unknown): GanError =>
  badConfig("study.report", `the step of trial ${number} must be a number of at least 0, got ${show(step)}`);

export const badValueCount = (number: number, expected: number, got: number): GanError =>
  badConfig(
    "study.tell",
    `trial ${number} needs ${expected} value${expected === 1 ? "" : "s"}, one for each objective, got ${got}`,
  );

export const noValue = (number: number, got: unknown): GanError =>
  badConfig(
    "study.tell",
    `the value of trial ${number} must be a number, got ${show(got)}; tell null for a failed trial`,
  );

export const foreignParams = (number: number, path: string, value: unknown, why: string): GanError =>
  badConfig(
    "study.restore",
    `trial ${number} has ${path} = ${show(value)}, ${why}; restore trials into the space they came from`,
  );

/** A name that no sampler or pruner has. */
export const unknownPlugin = (kind: "sampler" | "pruner", name: string, known: readonly string[]): GanError =>
  unknownName("study", kind, name, known);

export const badDirection = (got: unknown): GanError =>
  badConfig(
    "study",
    `direction must be "minimize" or "maximize", got ${show(got)}; ${suggest(String(got), ["minimize", "maximize"])}`,
  );

export const oneObjectiveOnly = (plugin: string, objectives: number): GanError =>
  badConfig(plugin, `it looks at one objective, got ${objectives}; use nsga2, tpe or random, and pruner none`);

export { show };

/** A key may be anything in YAML, other lines included. */
const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim();

/** A sweep file. @param more problems beside this one */
export function badSpec(
  file: string,
  problem: {
    readonly path: readonly (string | number)[];
    readonly line: number;
    readonly column: number;
    readonly message: string;
  },
  more: number,
): GanError {
  const path = oneLine(problem.path.map((key) => String(key).slice(0, 60)).join("."));
  const place = [`${file}:${problem.line}:${problem.column}`, path].filter((part) => part !== "").join(" ");
  const others = more > 0 ? ` (and ${more} more problem${more === 1 ? "" : "s"})` : "";
  return badConfig(place, oneLine(problem.message) + others);
}

export const thresholdNeedsBound = (lower: number | undefined, upper: number | undefined): GanError =>
  badConfig(
    "pruner.threshold",
    `lower or upper must be given, lower below upper, got ${show(lower)} and ${show(upper)}; change them`,
  );
