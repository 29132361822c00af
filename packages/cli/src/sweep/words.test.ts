/** @file A trial as a command line, by hand. */
import { expect, test } from "vitest";
import { constants } from "./parameters.js";
import { assignmentsOf, jobWords, trainWords, variantOf } from "./words.js";

const settings = {
  file: "a.yaml",
  dataset: "ring",
  data: { modes: 8 },
  kimg: 2,
  metrics: ["swd-points2k", "hq2500"],
};

test("variant, data, budget and settings of a trial; numbers to their last digit", () => {
  const params = { variant: "gan", lr: 0.1 + 0.2, "optimizer.D.beta1": 0, ema: true, note: null, tiny: 1e-7 };
  expect(trainWords({ ...settings, batch: 32, engine: "cpu" }, params, 7).join(" ")).toBe(
    "train gan --dataset ring --kimg 2 --batch 32 --engine cpu --seed 7 --data modes=8 --set lr=0.30000000000000004 " +
      "--set optimizer.D.beta1=0 --set ema=true --set note=null --set tiny=1e-7 --metrics swd-points2k,hq2500",
  );
  expect(assignmentsOf(params).map(({ path }) => path)).not.toContain("variant");
});

test("as a part of a sweep it has a name, threads and a sweep", () =>
  expect(jobWords(["train", "gan"], { sweepId: "s", runId: "s-t0000-s0", threads: 2 }).join(" ")).toBe(
    "train gan --threads 2 --comparison s --run-id s-t0000-s0",
  ));

test("a trial without a variant is refused in a sentence", () =>
  expect(() => variantOf({ lr: 1 }, "a.yaml")).toThrow(
    "[a.yaml] no variant is named; add for example variants: [gan, dcgan], or see: gan-arena variants",
  ));

test("what is the same wherever it is active tells no trials apart; a single trial has no such thing", () => {
  const trial = (params: Record<string, string | number>) => ({ params }) as never;
  const trials = [
    trial({ variant: "a", lr: 1, k: 2 }),
    trial({ variant: "b", lr: 2 }),
    trial({ variant: "a", lr: 3, k: 2 }),
  ];
  expect([...constants(trials)]).toEqual(["k"]);
  expect([...constants(trials.slice(0, 1))]).toEqual([]);
});
