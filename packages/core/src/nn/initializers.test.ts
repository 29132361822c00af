import { describe, expect, test } from "vitest";
import { stream } from "../random/stream.js";
import * as init from "./initializers.js";

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const std = (values: Float32Array): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};
const random = stream(0, "init/test");

describe("fansOf", () => {
  test.each([
    ["dense [3,5]", [3, 5], false, 3, 5],
    ["filter [4,4,3,5]: 16 taps", [4, 4, 3, 5], false, 48, 80],
    ["transposed filter [4,4,5,3]: 16 taps, 3 in, 5 out", [4, 4, 5, 3], true, 48, 80],
    ["bias [7]", [7], false, 7, 7],
  ] as const)("%s", (_, shape, transposed, fanIn, fanOut) => {
    expect(init.fansOf(shape, { transposed })).toEqual({ fanIn, fanOut });
  });
});

// 20000 draws: the deviation is known to 1 / sqrt(2 * 20000) = 0.5 %, the mean to 0.7 % of it; four of those are allowed
describe.each([
  ["normalInit(0.02, 1)", init.normalInit(0.02, 1), 1, 0.02],
  ["truncatedNormal(0.02)", init.truncatedNormal(0.02), 0, 0.02 * 0.87963],
  ["heNormal: sqrt(2 / 100)", init.heNormal(), 0, Math.sqrt(2 / 100)],
  ["heNormal, slope 1: sqrt(2 / 200)", init.heNormal({ slope: 1 }), 0, 0.1],
  ["heUniform: sqrt(2 / 100)", init.heUniform(), 0, Math.sqrt(2 / 100)],
  ["glorotNormal: sqrt(2 / 300)", init.glorotNormal(), 0, Math.sqrt(2 / 300)],
  ["glorotUniform: sqrt(2 / 300)", init.glorotUniform(), 0, Math.sqrt(2 / 300)],
  ["lecunNormal: sqrt(1 / 100)", init.lecunNormal(), 0, 0.1],
  ["lecunNormal, transposed: sqrt(1 / 200)", init.lecunNormal({ transposed: true }), 0, Math.sqrt(1 / 200)],
  ["torchDefault: 0.1 / sqrt(3)", init.torchDefault(), 0, 0.1 / Math.sqrt(3)],
  ["torchDefault of a bias: 0.5 / sqrt(3)", init.torchDefault({ fanIn: 4 }), 0, 0.5 / Math.sqrt(3)],
  ["uniformInit(-1, 3)", init.uniformInit(-1, 3), 1, 4 / Math.sqrt(12)],
])("%s on [100,200]", (_, initializer, expectedMean, expectedStd) => {
  const values = initializer([100, 200], random);
  test("size", () => expect(values).toHaveLength(20_000));
  test("mean", () => expect(mean(values)).toBeAllclose(expectedMean, 0, 0.03 * expectedStd));
  test("deviation", () => expect(std(values)).toBeAllclose(expectedStd, 0.02, 0));
});

test("torchDefault counts the output channels of a transposed filter [4,4,5,3]: |w| < 1 / sqrt(80)", () => {
  const values = init.torchDefault({ transposed: true })([4, 4, 5, 3], random).map(Math.abs);
  expect(Math.max(...values)).toBeAllclose(1 / Math.sqrt(80), 0.02, 0);
});

test("truncatedNormal stays within two deviations", () => {
  const values = init.truncatedNormal(1)([20_000], random).map(Math.abs);
  expect(Math.max(...values)).toBeAllclose(2, 1e-2, 0);
  expect(Math.max(...values)).toBeLessThanOrEqual(2);
});

test("zeros, ones and constants fill the shape", () => {
  expect([...init.zeros([2, 2], random)]).toEqual([0, 0, 0, 0]);
  expect([...init.ones([3], random)]).toEqual([1, 1, 1]);
  expect([...init.constant(0.5)([], random)]).toEqual([0.5]);
});
