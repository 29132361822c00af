/** @file From the last message of a run to the values of a trial. */
import { fromLogged, toLogged, type LoggedNumber } from "@gan-arena/core/base";
import type { RunRecord, TrialView } from "../journal/index.js";
import type { Objective } from "./contract.js";
import { noSuchObjective } from "./errors.js";
import { median } from "./seeds.js";

const isLogged = (value: unknown): value is LoggedNumber =>
  typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";

const numberOf = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

interface Where {
  readonly trial: number;
  readonly seed: number;
  readonly runId: string;
}

/**
 * The record of a finished run.
 * @param metrics as its events told them, for the final message cannot tell NaN from nothing
 * @throws GanError BAD_CONFIG when an objective has no value
 */
export function runRecord(
  { trial, seed, runId }: Where,
  result: Readonly<Record<string, unknown>>,
  metrics: Readonly<Record<string, LoggedNumber>>,
  objectives: readonly Objective[],
): RunRecord {
  const own = result["metrics"];
  const final: Record<string, LoggedNumber> = { ...metrics };
  if (typeof own === "object" && own !== null)
    for (const [name, value] of Object.entries(own)) if (isLogged(value)) final[name] ??= value;
  const costs = {
    kimg: numberOf(result["kimg"]),
    seconds: numberOf(result["seconds"]),
    gradientEvaluations: numberOf(result["gradientEvaluations"]),
  };
  const values = objectives.map(({ name }): LoggedNumber => {
    const value = final[name] ?? costs[name as keyof typeof costs];
    if (value === undefined) throw noSuchObjective(name, Object.keys(final));
    return value;
  });
  return { kind: "run", trial, seed, runId, values, metrics: final, ...costs };
}

/** One for each objective: the median over the seeds. */
export const valuesOf = ({ runs }: TrialView, objectives: readonly Objective[]): number[] =>
  objectives.map((_, i) => median(runs.map(({ values }) => fromLogged(values[i] ?? "NaN"))));

export const logged = (values: readonly number[]): LoggedNumber[] => values.map(toLogged);
