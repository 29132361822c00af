import { expect, test } from "vitest";
import { image, metric, specOf, status, terms } from "../../test-support/support.js";
import { paramsOf, tagsOf, translate } from "./translate.js";

test("the step is the number of real images: round 7 is 0.7 kimg, 700 images", () => {
  const { metrics, tags, pictures } = translate([terms(7, 0.5), metric(7, "NaN"), image(7), status(7, "finished")], {});
  const at = { step: 700, timestamp: 1007 };
  expect(metrics).toEqual([
    { key: "D/adversarial", value: 0.5, ...at },
    { key: "eval/swd2k", value: Number.NaN, ...at },
    { key: "budget/kimg", value: 0.7, ...at },
    { key: "budget/gradientEvaluations", value: 14, ...at },
    { key: "budget/seconds", value: 0.07, ...at },
  ]);
  expect(tags).toEqual({ "protocol.swd2k": "swd2k on mnist (2000 samples, test)" });
  expect(pictures).toEqual([image(7)]);
});

test("what a resumed run plays again is passed over, kind by kind and name by name, also in a later piece", () => {
  const first = translate([terms(1, 1), terms(2, 2), metric(2, 5), image(2)], {});
  const again = translate([terms(2, 2), metric(2, 5), image(2), metric(2, 6, "other"), terms(3, 3)], first.seen);
  expect(again.metrics.map(({ key, value }) => [key, value])).toEqual([
    ["eval/other", 6],
    ["D/adversarial", 3],
  ]);
  expect(again.pictures).toEqual([]);
});

test("settings become params with dots, lists and nothing become JSON; tags say what and from where", () => {
  const spec = specOf("r", {
    config: { zDim: 64, D: { lr: 2e-4, filters: [8, 16] }, name: "a b", none: null },
    datasetConfig: { digits: 100 },
    gitCommit: "c0ffee",
    comparison: "c1",
  });
  expect(paramsOf(spec)).toEqual({
    variant: "dcgan",
    dataset: "mnist",
    seed: "0",
    kimg: "10",
    batchSize: "64",
    engine: "cpu",
    threads: "1",
    "config.zDim": "64",
    "config.D.lr": "0.0002",
    "config.D.filters": "[8,16]",
    "config.name": "a b",
    "config.none": "null",
    "data.digits": "100",
  });
  expect(tagsOf(spec)).toMatchObject({
    variant: "dcgan",
    budget: "10 kimg",
    engine: "cpu",
    "gan-arena.run": "r",
    "gan-arena.group": "c1",
    "mlflow.source.git.commit": "c0ffee",
  });
});
