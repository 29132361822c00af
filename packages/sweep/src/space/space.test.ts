import { describe, expect, it } from "vitest";
import type { Distribution } from "../contracts.js";
import { uniforms } from "../math/random.js";
import { countOf, encode, fromUnit, nested, onGrid, readSpace, valuesOf } from "./index.js";

const N = 40_000;
const u = uniforms(1, "test", 0, N);
const draws = (distribution: Distribution) => Array.from(u, (x) => fromUnit(distribution, x));
const only = (definition: object) => readSpace({ x: definition }).parameters[0].distribution;
const share = (values: readonly unknown[], of: (value: never) => boolean) =>
  values.filter((v) => of(v as never)).length / N;
/** 4.5 standard errors of a share p. */
const within = (p: number) => 4.5 * Math.sqrt((p * (1 - p)) / N);

describe("draws follow their distribution", () => {
  it("log_uniform_values on [1e-4, 1]: a quarter in each decade", () => {
    const values = draws(only({ distribution: "log_uniform_values", min: 1e-4, max: 1 }));
    for (const low of [1e-4, 1e-3, 1e-2, 1e-1])
      expect(share(values, (v: number) => v >= low && v < 10 * low)).toBeAllclose(0.25, 0, within(0.25));
  });

  it.each([
    [{ min: 1, max: 5 }, [1, 2, 3, 4, 5]],
    [{ min: 0.1, max: 0.5, step: 0.1 }, [0.1, 0.2, 0.3, 0.4, 0.5]],
    [{ min: 2, max: 11, step: 3 }, [2, 5, 8, 11]],
    [{ distribution: "q_uniform", min: 3, max: 21, q: 5 }, [5, 10, 15, 20]],
    [{ values: ["a", true, null, 3] }, ["a", true, null, 3]],
  ])("%j: each of %j equally often", (definition, expected) => {
    const distribution = only(definition);
    const values = draws(distribution);
    expect(valuesOf(distribution)).toEqual(expected);
    expect(new Set(values)).toEqual(new Set<unknown>(expected));
    const p = 1 / expected.length;
    for (const value of expected) expect(share(values, (v) => v === value)).toBeAllclose(p, 0, within(p));
  });

  it("whole numbers in the logarithm, 1 to 8: 1 has ln(1.5/0.5)/ln(8.5/0.5) = 0.3878", () => {
    const values = draws(only({ min: 1, max: 8, log: true, int: true }));
    expect(share(values, (v) => v === 1)).toBeAllclose(0.3878, 0, within(0.3878));
  });

  it("probabilities 0.7, 0.2, 0.1, and never what has none", () => {
    const values = draws(only({ values: [1, 2, 3, 4], probabilities: [0.7, 0.2, 0, 0.1] }));
    for (const [value, p] of [
      [1, 0.7],
      [2, 0.2],
      [4, 0.1],
    ])
      expect(share(values, (v) => v === value)).toBeAllclose(p, 0, within(p));
    expect(values).not.toContain(3);
  });

  it("log_normal(1, 0.5): median e, 15.87 % above e^1.5", () => {
    const values = draws(only({ distribution: "log_normal", mu: 1, sigma: 0.5 }));
    expect(share(values, (v: number) => v < Math.E)).toBeAllclose(0.5, 0, within(0.5));
    expect(share(values, (v: number) => v > Math.exp(1.5))).toBeAllclose(0.1587, 0, within(0.1587));
  });
});

it("every drawn value can be encoded, and its code gives it back", () => {
  for (const definition of [
    { min: 0.1, max: 0.7, step: 0.1 },
    { min: 3, max: 90, log: true, int: true },
    { distribution: "q_log_uniform_values", min: 1, max: 100, q: 7 },
  ]) {
    const distribution = only(definition);
    for (const value of draws(distribution).slice(0, 500)) {
      const code = encode(distribution, value);
      expect(distribution.kind === "range" && onGrid(distribution, code)).toBe(value);
    }
  }
  expect(encode(only({ min: 0.5, max: 1 }), 2)).toBeNaN();
  expect(encode(only({ values: [1, 2] }), "1")).toBeNaN();
});

it("the extreme quantiles are the bounds", () => {
  const range = only({ distribution: "uniform", min: -2, max: 3 });
  expect([fromUnit(range, 0), fromUnit(range, 1 - 2 ** -53)]).toBeAllclose([-2, 3], 1e-12);
  expect(countOf(range)).toBe(Infinity);
  expect(countOf(only({ min: 4, max: 4 }))).toBe(1);
});

it("blocks nest, inherit conditions, and become a tree again", () => {
  const space = readSpace({
    opt: { values: ["adam", "sgd"] },
    sgd: { when: { opt: "sgd" }, parameters: { momentum: { value: 0.9 }, "schedule.kind": "cosine" } },
  });
  expect(space.parameters.map(({ path, when }) => [path, when])).toEqual([
    ["opt", []],
    ["sgd.momentum", [{ parent: "opt", values: ["sgd"] }]],
    ["sgd.schedule.kind", [{ parent: "opt", values: ["sgd"] }]],
  ]);
  expect(nested({ "a.b": 1, "a.c.d": 2, e: 3 })).toEqual({ a: { b: 1, c: { d: 2 } }, e: 3 });
});

it("a child that stands before its parent is sorted behind it", () => {
  const space = readSpace({ m: { value: 1, when: { opt: "sgd" } }, opt: { values: ["adam", "sgd"] } });
  expect(space.parameters.map(({ path }) => path)).toEqual(["opt", "m"]);
});
