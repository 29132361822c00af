import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Direction } from "../contracts.js";
import { createStudy, type Study } from "../study/index.js";

interface Recorded {
  readonly traces: readonly {
    readonly pruner: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly direction: Direction;
    readonly events: readonly (readonly [trial: number, step?: number, value?: number | null, pruned?: boolean])[];
  }[];
}

const file = new URL("../../test-support/optuna.json", import.meta.url);
const { traces } = JSON.parse(readFileSync(file, "utf8")) as Recorded;
const space = { x: { distribution: "uniform", min: 0, max: 1 } } as const;

const withTrials = (study: Study, count: number): Study => {
  for (let number = 0; number < count; number++) study.restore({ number, params: { x: 0.5 } });
  return study;
};
const reports = (study: Study, trial: number, ...values: readonly number[]): boolean[] =>
  values.map((value, i) => study.report(trial, i + 1, value).action === "prune");

describe("decisions recorded from Optuna, one by one", () => {
  it.each(traces.map((trace) => ({ ...trace, name: `${trace.pruner} ${JSON.stringify(trace.options)}` })))(
    "$name, $direction",
    ({ pruner, options, direction, events }) => {
      const study = withTrials(
        createStudy({ space, sampler: "random", pruner: { name: pruner, ...options }, direction }),
        60,
      );
      const decided: boolean[] = [];
      const expected: boolean[] = [];
      for (const [trial, step, value, pruned] of events) {
        if (step === undefined) study.end(trial, 1, "complete");
        else {
          study.report(trial, step, value ?? Number.NaN);
          decided.push(study.shouldPrune(trial));
          expected.push(pruned ?? false);
          if (pruned) study.end(trial, value ?? 0, "pruned");
        }
      }
      expect(decided).toEqual(expected);
      expect(expected.filter(Boolean).length).toBeGreaterThan(5);
    },
  );
});

describe("asha", () => {
  const study = (options: object, maxStep?: number) =>
    withTrials(
      createStudy({ space, sampler: "random", pruner: { name: "asha", ...options }, ...(maxStep ? { maxStep } : {}) }),
      20,
    );

  it("quantile, eta 2: losses 2 and 4 have the median 3, so 1 goes on and 3.5 does not (2, 4, 1 have the median 2)", () => {
    const at = study({ eta: 2, minIter: 1, rule: "quantile" });
    expect([2, 4, 1, 3.5].map((value, i) => reports(at, i, value)[0])).toEqual([false, true, false, true]);
  });

  it("prunes nothing at the last step", () => {
    const at = study({ eta: 2, minIter: 1 }, 1);
    expect([1, 2, 3].map((value, i) => reports(at, i, value)[0])).toEqual([false, false, false]);
  });

  it("forgets a trial that is played again: its value no longer counts at the rung", () => {
    const at = study({ eta: 2, minIter: 1 });
    expect(reports(at, 0, 1)).toEqual([false]);
    at.end(0, null);
    at.reopen(0);
    expect(reports(at, 1, 2)).toEqual([false]);
  });

  it("reaches the best value of no pruning in at most a third of the budget, on 200 simulated learning curves", () => {
    // Power laws: a floor, reached from 1 at a rate, with noise that fades; the floor decides in the end.
    const draw = createStudy({
      space: { floor: { min: 0, max: 0.5 }, rate: { min: 0.3, max: 1.2 } },
      sampler: "sobol",
      seed: 3,
    });
    const steps = 81;
    const curves = Array.from({ length: 200 }, (_, number) => {
      const { floor, rate } = draw.sampler.suggest({ space: draw.space, history: draw.history, seed: 3, number });
      return Array.from({ length: steps }, (_, i) => Number(floor) + (1 - Number(floor)) * (i + 1) ** -Number(rate));
    });
    const run = (pruner: string | { name: string; eta: number; minIter: number }) => {
      const at = createStudy({ space, sampler: "random", pruner, maxStep: steps });
      let spent = 0;
      curves.forEach((curve, number) => {
        at.restore({ number, params: { x: 0.5 } });
        for (const [i, value] of curve.entries()) {
          spent++;
          at.report(number, i + 1, value);
          if (at.shouldPrune(number)) break;
        }
        at.end(number, curve[Math.max(0, at.history.get(number)?.reports.size ?? 0) - 1]);
      });
      return { spent, best: at.best?.values[0] };
    };
    const [all, asha] = [run("none"), run({ name: "asha", eta: 3, minIter: 1 })];
    expect(all.spent).toBe(200 * steps);
    expect(asha.best).toBe(all.best);
    expect(asha.spent / all.spent).toBeLessThanOrEqual(1 / 3);
  });
});

describe("pbt", () => {
  it("the worst quarter of four copies the best and multiplies by 1.2 or 0.8; the others go on", () => {
    const study = createStudy({
      space: { lr: { min: 0.001, max: 1, log: true } },
      sampler: "random",
      pruner: { name: "pbt", interval: 2, resample: 0 },
    });
    [0.1, 0.2, 0.3, 0.4].forEach((lr, number) => study.restore({ number, params: { lr } }));
    for (const number of [0, 1, 2, 3]) expect(study.report(number, 1, number).action).toBe("continue"); // not due
    for (const number of [0, 1, 2]) expect(study.report(number, 2, number).action).toBe("continue");
    const decision = study.report(3, 2, 3);
    expect(decision).toMatchObject({ action: "exploit", from: 0 });
    const { lr } = decision.action === "exploit" ? decision.params : { lr: 0 };
    expect([0.12, 0.08].some((value) => Math.abs(Number(lr) - value) < 1e-12)).toBe(true);
    expect(study.trials[3].params).toEqual({ lr });
    expect(study.shouldPrune(3)).toBe(false);
  });
});

it.each([
  [{ name: "threshold" }, "lower or upper"],
  [{ name: "ashaa" }, 'did you mean "asha"'],
  [{ name: "asha", etaa: 3 }, 'did you mean "eta"'],
  [{ name: "asha", eta: "x" }, "expected a number"],
])("%j is refused: %s", (pruner, words) => {
  expect(() => createStudy({ space, pruner, sampler: "random" })).toThrow(words);
});
