import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStudy, dominates, paretoFront } from "./index.js";

const space = {
  lr: { distribution: "log_uniform_values", min: 1e-5, max: 1e-1 },
  opt: { values: ["adam", "sgd"] },
  momentum: { min: 0, max: 1, when: { opt: "sgd" } },
} as const;

describe("ask and tell", () => {
  it("goes as the README says, and knows the best trial", async () => {
    const study = createStudy({ space, sampler: "tpe", pruner: "asha", direction: "minimize", seed: 0 });
    let smallest = Infinity;
    for (let i = 0; i < 30; i++) {
      const trial = await study.ask();
      expect(trial.number).toBe(i);
      let value = Infinity;
      for (let step = 1; step <= 16; step++) {
        value = Math.abs(Math.log10(Number(trial.params["lr"])) + 3) + 1 / step;
        study.report(trial, step, value);
        if (study.shouldPrune(trial)) break;
      }
      await study.tell(trial, value);
      if (trial.state === "complete") smallest = Math.min(smallest, value);
    }
    expect(study.best?.values).toEqual([smallest]);
    expect(new Set(study.trials.map(({ state }) => state))).toEqual(new Set(["complete", "pruned"]));
  });

  it("numbers trials that are asked for at the same time one after the other", async () => {
    const study = createStudy({ space, seed: 0 });
    const asked = await Promise.all([study.ask(), study.ask(), study.ask()]);
    expect(asked.map(({ number }) => number)).toEqual([0, 1, 2]);
  });

  it("takes NaN and null for failures, infinity for a bad value, and looks for the largest when told to", async () => {
    const study = createStudy({ space, direction: "maximize", sampler: "random" });
    for (const value of [Number.NaN, null, -Infinity, 1, 3, 3, 2]) await study.tell(await study.ask(), value);
    expect(study.trials.map(({ state }) => state)).toEqual(["failed", "failed", ...Array<string>(5).fill("complete")]);
    expect(study.best?.number).toBe(4);
  });

  it("plays a failed trial again with its params", async () => {
    const study = createStudy({ space, sampler: "random" });
    const trial = await study.ask();
    const { params } = trial;
    study.report(trial, 1, 5);
    await study.tell(trial, null);
    const again = study.reopen(0);
    expect([again.state, again.params, again.reports.size]).toEqual(["running", params, 0]);
  });

  it("goes on after the highest number, and sorts trials that came late", async () => {
    const study = createStudy({ space: { x: { values: [1, 2] } }, sampler: "random" });
    study.restore({ number: 4, params: { x: 1 } });
    study.restore({ number: 2, params: { x: 2 } });
    expect((await study.ask()).number).toBe(5);
    expect(study.trials.map(({ number }) => number)).toEqual([2, 4, 5]);
  });
});

describe("what is refused", () => {
  const study = () => createStudy({ space, sampler: "random" });
  it.each([
    [() => createStudy({ space, sampler: "tpee" }), 'there is no sampler "tpee"; did you mean "tpe"'],
    [() => createStudy({ space, sampler: { name: "tpe", candidate: 3 } }), 'did you mean "candidates"'],
    [() => createStudy({ space, pruner: "medan" }), 'did you mean "median"'],
    [() => createStudy({ space, direction: "minimise" as never }), 'did you mean "minimize"'],
    [() => createStudy({ space, seed: 0.5 }), "seed must be a whole number"],
    [() => createStudy({ space: { lr: { min: 1, max: 0 } } }), "[space.lr.min] min must be at most max"],
    [() => createStudy({ space: { lr: { mim: 1 } } as never }), 'did you mean "min"'],
    [() => createStudy({ space, directions: ["minimize", "minimize"], pruner: "asha" }), "one objective"],
    [() => study().report(7, 1, 1), "there is no trial 7"],
    [() => study().restore({ number: 0, params: { lr: 1, opt: "adam" } }), "which the space cannot give"],
    [() => study().restore({ number: 0, params: { lr: 0.01, opt: "adam", momentum: 0.5 } }), "no active parameter"],
    [() => study().restore({ number: -1, params: {} }), "at least 0"],
  ])("%s: %s", (act, words) => expect(act).toThrow(words));

  it("a trial that has ended, or a wrong number of values", async () => {
    const at = study();
    const trial = await at.ask();
    await expect(at.tell(trial, [1, 2])).rejects.toThrow("needs 1 value, one for each objective, got 2");
    await expect(at.tell(trial, "1" as never)).rejects.toThrow("must be a number");
    await at.tell(trial, 1);
    await expect(at.tell(trial, 1)).rejects.toThrow("must be running, but it is complete");
    expect(() => at.report(trial, 1, 1)).toThrow("must be running");
  });
});

describe("paretoFront", () => {
  it.each([2, 3])("is what no other point dominates, for %d objectives", (objectives) => {
    const point = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 25 }), (points) => {
        const expected = points.flatMap((p, i) => (points.some((q) => dominates(q, p)) ? [] : [i]));
        expect(paretoFront(points)).toEqual(expected);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
