import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Params } from "../contracts.js";
import { createStudy, type PastTrial, type StudyOptions } from "../study/index.js";
import { gridOf, SobolSequence } from "./index.js";
import { readSpace } from "../space/index.js";
import { eigen } from "./cmaes/eigen.js";
import { crowding, selectBest } from "./nsga2/select.js";
import { kernelWeights } from "./tpe/parzen.js";
import { goodOf } from "./tpe/split.js";

const recorded = new URL("../../test-support/optuna.json", import.meta.url);
const { sobol } = JSON.parse(readFileSync(recorded, "utf8")) as { readonly sobol: Readonly<Record<string, number[]>> };

/** All kinds of parameters at once. */
const SPACE = {
  lr: { distribution: "log_uniform_values", min: 1e-5, max: 1e-1 },
  width: { min: 16, max: 64 },
  drop: { min: 0, max: 0.5, step: 0.1 },
  noise: { distribution: "log_normal", mu: -1, sigma: 0.5 },
  opt: { values: ["adam", "sgd"] },
  momentum: { min: 0, max: 1, when: { opt: "sgd" } },
  fixed: 3,
} as const;

const score = (params: Params): number =>
  (Math.log10(Number(params["lr"])) + 3) ** 2 + (params["opt"] === "sgd" ? Number(params["momentum"]) : 0.5);

async function play(options: StudyOptions, trials: number): Promise<PastTrial[]> {
  const study = createStudy(options);
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask();
    if (i % 7 === 3) await study.tell(trial, Number.NaN);
    else
      await study.tell(
        trial,
        study.directions.length === 1 ? score(trial.params) : [score(trial.params), Number(trial.params["width"])],
      );
  }
  return study.trials.map(({ number, params, state, values }) => ({ number, params, state, values }));
}

const SAMPLERS: readonly (readonly [string, StudyOptions])[] = [
  ["random", { space: SPACE, sampler: "random", seed: 5 }],
  ["sobol", { space: SPACE, sampler: "qmc", seed: 5 }],
  ["tpe", { space: SPACE, sampler: "tpe", seed: 5 }],
  ["tpe one by one", { space: SPACE, sampler: { name: "tpe", multivariate: false }, seed: 5 }],
  ["tpe, two objectives", { space: SPACE, sampler: "tpe", seed: 5, directions: ["minimize", "maximize"] }],
  [
    "nsga2",
    { space: SPACE, sampler: { name: "nsga2", population: 10 }, seed: 5, directions: ["minimize", "maximize"] },
  ],
];

describe.each(SAMPLERS)("%s", (_, options) => {
  it("stays inside the space, with the parameters that are active", async () => {
    for (const { params } of await play(options, 60)) {
      const { lr, width, drop, noise, momentum, fixed } = params as Record<string, number>;
      expect(lr >= 1e-5 && lr <= 1e-1).toBe(true);
      expect(Number.isInteger(width) && width >= 16 && width <= 64).toBe(true);
      expect([0, 0.1, 0.2, 0.3, 0.4, 0.5]).toContain(drop);
      expect(noise > 0 && Math.abs((Math.log(noise) + 1) / 0.5) <= 6).toBe(true);
      expect(fixed).toBe(3);
      expect(
        params["opt"] === "sgd" ? momentum >= 0 && momentum <= 1 : params["opt"] === "adam" && momentum === undefined,
      ).toBe(true);
    }
  });

  it("gives the same trials again, and goes on the same after a restart at any of them", async () => {
    const all = await play(options, 40);
    expect(await play(options, 40)).toEqual(all);
    for (const kept of [1, 12, 27]) {
      const study = createStudy({ ...options, trials: all.slice(0, kept) });
      expect((await study.ask()).params).toEqual(all[kept].params);
    }
  });

  it("gives other trials for another seed", async () => {
    const [one, other] = [await play(options, 3), await play({ ...options, seed: 6 }, 3)];
    expect(one[2].params).not.toEqual(other[2].params);
  });

  it("does not depend on the order in which trials end", async () => {
    const past = await play(options, 30);
    const next = async (order: readonly PastTrial[]) => {
      const study = createStudy(options);
      for (const { number, params } of past) study.restore({ number, params });
      for (const { number, state, values } of order) study.end(number, state === "failed" ? null : (values ?? null));
      return (await study.ask()).params;
    };
    expect(await next(past.toReversed())).toEqual(await next(past));
  });
});

describe("grid", () => {
  const space = readSpace({
    a: { values: [1, 2] },
    opt: { values: ["adam", "sgd"] },
    m: { values: [0, 0.9], when: { opt: "sgd" } },
    b: 7,
  });

  it("lists 2 x (1 + 2) points once each, the last parameter fastest", () => {
    const listed = gridOf(space);
    expect(Array.from({ length: listed.size }, (_, i) => listed.point(i))).toEqual([
      { a: 1, opt: "adam", b: 7 },
      { a: 1, opt: "sgd", m: 0, b: 7 },
      { a: 1, opt: "sgd", m: 0.9, b: 7 },
      { a: 2, opt: "adam", b: 7 },
      { a: 2, opt: "sgd", m: 0, b: 7 },
      { a: 2, opt: "sgd", m: 0.9, b: 7 },
    ]);
  });

  it("says when it is exhausted, and that a range needs a step", async () => {
    const study = createStudy({ space: { a: { values: [1] } }, sampler: "grid" });
    await study.ask();
    await expect(study.ask()).rejects.toThrow("has 1 different trials");
    expect(() => gridOf(readSpace({ x: { min: 0.5, max: 1 } }))).toThrow("[parameters.x] a grid needs values");
  });
});

describe("sobol", () => {
  it("is scipy's sequence in all 64 dimensions when it is not scrambled", () => {
    const plain = new SobolSequence(64);
    for (const [index, point] of Object.entries(sobol)) expect([...plain.point(Number(index))]).toEqual(point);
  });

  it("scrambled, still has one of 256 points in each 256th of every axis, and in each 16 x 16 cell of the first two", () => {
    const sequence = new SobolSequence(64, 11);
    const points = Array.from({ length: 256 }, (_, i) => sequence.point(i));
    for (let axis = 0; axis < 64; axis++) expect(new Set(points.map((p) => Math.floor(256 * p[axis]))).size).toBe(256);
    expect(new Set(points.map((p) => 16 * Math.floor(16 * p[0]) + Math.floor(16 * p[1]))).size).toBe(256);
  });
});

describe("tpe", () => {
  it("takes a tenth of the trials for good, at most 25", () =>
    expect([1, 10, 11, 100, 1000].map(goodOf)).toEqual([1, 1, 2, 10, 25]));

  it("weighs 27 trials as a ramp 1/27, 1 then 25 ones, then 1 for the prior; the sum of them is 27 + 1/27", () => {
    const sum = 27 + 1 / 27;
    expect([...kernelWeights(27)]).toBeAllclose(
      [1 / 27, ...Array<number>(27).fill(1)].map((w) => w / sum),
      1e-12,
    );
    expect([...kernelWeights(0)]).toEqual([1]);
  });

  it("running trials push suggestions away: with the liar the next one is further from them", async () => {
    const space = { x: { distribution: "uniform", min: 0, max: 1 } } as const;
    const past = Array.from({ length: 20 }, (_, number) => ({
      number,
      params: { x: number / 20 },
      state: "complete" as const,
      values: [Math.abs(number / 20 - 0.5)],
    }));
    const spread = async (constantLiar: boolean) => {
      const study = createStudy({ space, sampler: { name: "tpe", constantLiar }, trials: past });
      const asked: number[] = [];
      for (let i = 0; i < 12; i++) asked.push(Number((await study.ask()).params["x"]));
      return Math.max(...asked) - Math.min(...asked);
    };
    expect(await spread(true)).toBeGreaterThan(1.5 * (await spread(false)));
  });

  it("finds the Branin minimum: median regret of 9 seeds after 100 trials below a quarter of random's", async () => {
    const space = {
      x: { distribution: "uniform", min: -5, max: 10 },
      y: { distribution: "uniform", min: 0, max: 15 },
    } as const;
    const branin = (x: number, y: number) =>
      (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 +
      10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
      10;
    const regret = async (sampler: string) => {
      const regrets: number[] = [];
      for (let seed = 0; seed < 9; seed++) {
        const study = createStudy({ space, sampler, seed });
        for (let i = 0; i < 100; i++) {
          const trial = await study.ask();
          await study.tell(trial, branin(Number(trial.params["x"]), Number(trial.params["y"])));
        }
        regrets.push((study.best?.values[0] ?? Infinity) - 0.39788735772973816);
      }
      return regrets.sort((a, b) => a - b)[4];
    };
    expect((await regret("tpe")) / (await regret("random"))).toBeLessThan(0.25);
  });
});

describe("nsga2", () => {
  it("ranks (1,4) (2,2) (4,1) before (3,3) and (5,5); of the front the ends first", () => {
    expect(
      selectBest(
        [
          [5, 5],
          [2, 2],
          [1, 4],
          [3, 3],
          [4, 1],
        ],
        5,
      ),
    ).toEqual([2, 4, 1, 3, 0]);
  });

  it("crowding of (0,4) (1,2) (4,0): the middle has (4-0)/4 + (4-0)/4 = 2", () => {
    expect(
      crowding([
        [0, 4],
        [1, 2],
        [4, 0],
      ]),
    ).toEqual([Infinity, 2, Infinity]);
  });

  it("covers more of Schaffer's front x^2, (x-2)^2 than random search: 200 trials, hypervolume to (4,4)", async () => {
    const volume = async (sampler: StudyOptions["sampler"] & object) => {
      const study = createStudy({
        space: { x: { min: -100.5, max: 100 } },
        sampler,
        directions: ["minimize", "minimize"],
        seed: 1,
      });
      for (let i = 0; i < 200; i++) {
        const trial = await study.ask();
        const x = Number(trial.params["x"]);
        await study.tell(trial, [x * x, (x - 2) ** 2]);
      }
      const front = study.paretoFront.map(({ values }) => values).sort((a, b) => a[0] - b[0]);
      let [sum, height] = [0, 4];
      for (const [first, second] of front.filter(([a, b]) => a < 4 && b < 4)) {
        sum += (4 - first) * (height - second);
        height = second;
      }
      return sum;
    };
    // The whole front has 4 * 4 - 8/3 = 13.33.
    const [bred, drawn] = [await volume({ name: "nsga2", population: 20 }), await volume({ name: "random" })];
    expect(bred).toBeGreaterThan(12);
    expect(bred).toBeGreaterThan(drawn);
  });
});

describe("cmaes", () => {
  it("eigen: [[2, 1], [1, 2]] has 1 and 3, and the vectors make the matrix again", () => {
    const matrix = [Float64Array.of(2, 1), Float64Array.of(1, 2)];
    const { values, vectors } = eigen(matrix);
    expect(values.toSorted()).toBeAllclose([1, 3], 1e-12);
    for (const i of [0, 1])
      for (const j of [0, 1])
        expect(vectors[i][0] * values[0] * vectors[j][0] + vectors[i][1] * values[1] * vectors[j][1]).toBeAllclose(
          matrix[i][j],
          1e-12,
        );
  });

  it("follows a narrow turned valley, (x+y)^2 + 100 (x-y-0.6)^2 on [-1,1]^2, to below 1e-6 in 400 trials, for each of 5 seeds", async () => {
    const side = { distribution: "uniform", min: -1, max: 1 } as const;
    for (let seed = 0; seed < 5; seed++) {
      const study = createStudy({ space: { x: side, y: side }, sampler: "cmaes", seed });
      for (let i = 0; i < 400; i++) {
        const trial = await study.ask();
        const [x, y] = [Number(trial.params["x"]), Number(trial.params["y"])];
        await study.tell(trial, (x + y) ** 2 + 100 * (x - y - 0.6) ** 2);
      }
      expect(study.best?.values[0]).toBeLessThan(1e-6);
    }
  });
});
