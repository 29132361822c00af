import { describe, expect, it } from "vitest";
import type { Trial } from "../contracts.js";
import { readSpace } from "../space/index.js";
import { createStudy } from "../study/index.js";
import { treeVariance } from "./fanova.js";
import type { Node } from "./forest.js";
import { importance } from "./importance.js";

const unit = { distribution: "uniform", min: 0, max: 1 } as const;

function trialsOf(space: object, count: number, value: (params: Record<string, number | string>) => number): Trial[] {
  const study = createStudy({ space: space as never, sampler: "sobol", seed: 2 });
  for (let number = 0; number < count; number++) {
    const params = study.sampler.suggest({ space: study.space, history: study.history, seed: 2, number });
    study.restore({ number, params });
    study.end(number, value(params as Record<string, number | string>));
  }
  return [...study.trials];
}

describe("treeVariance", () => {
  // x < 0.5: 0; else y < 0.25: 4, else 8. Leaves of volume 1/2, 1/8, 3/8; mean 0.5 + 3 = 3.5.
  const tree: Node = {
    feature: 0,
    threshold: 0.5,
    left: { value: 0 },
    right: { feature: 1, threshold: 0.25, left: { value: 4 }, right: { value: 8 } },
  };

  it("total is 1/2 3.5^2 + 1/8 0.5^2 + 3/8 4.5^2 = 13.75; x alone (0, 7): 12.25; y alone (2, 4): 0.75", () => {
    const { total, alone } = treeVariance(tree, 3);
    expect(total).toBeAllclose(13.75, 1e-12);
    expect(alone).toBeAllclose([12.25, 0.75, 0], 1e-12, 1e-12);
  });
});

describe("importance", () => {
  it("of 3a + b, both uniform, is 9/10 and 1/10, and nothing of c", () => {
    const space = { a: unit, b: unit, c: unit };
    const found = importance(
      readSpace(space),
      trialsOf(space, 512, ({ a, b }) => 3 * Number(a) + Number(b)),
    );
    expect(found.map(({ path }) => path)).toEqual(["a", "b", "c"]);
    expect(found.map(({ share }) => share)).toBeAllclose([0.9, 0.1, 0], 0, 0.03);
  });

  it("of sin x1 + 7 sin^2 x2 on [-pi, pi] is 1/2 to 49/8, though neither is monotone", () => {
    const side = { distribution: "uniform", min: -Math.PI, max: Math.PI } as const;
    const space = { x1: side, x2: side };
    const value = ({ x1, x2 }: Record<string, number | string>) => Math.sin(Number(x1)) + 7 * Math.sin(Number(x2)) ** 2;
    const found = importance(readSpace(space), trialsOf(space, 512, value));
    expect(found.map(({ path }) => path)).toEqual(["x2", "x1"]);
    expect(found.map(({ share }) => share)).toBeAllclose([6.125 / 6.625, 0.5 / 6.625], 0, 0.04);
  });

  it("judges logarithmic ranges and choices as they are drawn: (log10 lr + 3)^2 + 2 [opt = sgd]", () => {
    // log10 lr is uniform on [-5,-1]: variance of u^2 with u uniform on [-2,2] is 16/5 - 16/9 = 1.4222; of the choice 1.
    const space = {
      lr: { distribution: "log_uniform_values", min: 1e-5, max: 1e-1 },
      opt: { values: ["adam", "sgd"] },
      fixed: 1,
    } as const;
    const trials = trialsOf(space, 512, ({ lr, opt }) => (Math.log10(Number(lr)) + 3) ** 2 + (opt === "sgd" ? 2 : 0));
    const found = importance(readSpace(space), trials);
    expect(found.map(({ id }) => id)).toEqual(["lr", "opt"]);
    expect(found.map(({ share }) => share)).toBeAllclose([1.4222 / 2.4222, 1 / 2.4222], 0, 0.03);
  });

  it("is empty for too few trials, and for equal ones", () => {
    const space = { a: unit };
    expect(
      importance(
        readSpace(space),
        trialsOf(space, 3, ({ a }) => Number(a)),
      ),
    ).toEqual([]);
    expect(
      importance(
        readSpace(space),
        trialsOf(space, 9, () => 1),
      ),
    ).toEqual([]);
  });
});
