/** @file Rankings of trials, by numbers worked by hand. */
import { describe, expect, test } from "vitest";
import type { TrialView } from "../journal/index.js";
import { countStates, rankTrials, seedValues, trainingSeconds } from "./summary.js";

const trial = (number: number, values: number[], state: TrialView["state"] = "complete"): TrialView => ({
  number,
  params: {},
  seeds: [0, 1],
  state,
  values,
  runs: [1, 0].map((seed) => ({
    kind: "run",
    trial: number,
    seed,
    runId: `r${number}-${seed}`,
    values: [10 * number + seed],
    metrics: {},
    kimg: 1,
    seconds: 2.5,
    gradientEvaluations: 2,
  })),
  attempts: 1,
  crashes: 0,
  reopened: 0,
  seconds: 9,
});
const numbers = (trials: readonly TrialView[]) => trials.map(({ number }) => number);
const down = { name: "a", goal: "minimize" } as const;
const up = { name: "b", goal: "maximize" } as const;

describe("ranking", () => {
  test("complete trials only, best first, the earlier of two equals first", () => {
    const trials = [trial(0, [3]), trial(1, [1]), trial(2, [0], "pruned"), trial(3, [1]), trial(4, [], "failed")];
    expect(numbers(rankTrials(trials, [down]))).toEqual([1, 3, 0]);
    expect(numbers(rankTrials(trials, [up]))).toEqual([0, 1, 3]);
  });
  test("an infinity is last", () =>
    expect(numbers(rankTrials([trial(0, [Infinity]), trial(1, [5])], [down]))).toEqual([1, 0]));
  test("of two objectives the front, by the first: (1,1) and (2,5) and (3,9), not (3,4)", () => {
    const trials = [trial(0, [3, 9]), trial(1, [1, 1]), trial(2, [3, 4]), trial(3, [2, 5])];
    expect(numbers(rankTrials(trials, [down, up]))).toEqual([1, 3, 0]);
  });
});

test("seeds in the order of the trial, training time over all of them, states counted", () => {
  expect(seedValues(trial(2, [0]))).toEqual([20, 21]);
  expect(trainingSeconds(trial(2, [0]))).toBe(5);
  expect(countStates([trial(0, [1]), trial(1, [], "failed")])).toEqual({ open: 0, complete: 1, pruned: 0, failed: 1 });
});
