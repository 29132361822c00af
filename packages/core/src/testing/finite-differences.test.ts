import { describe, expect, test } from "vitest";
import { tf, type Tensor } from "../tensor/tf.js";
import { checkGradients, pointOf } from "./finite-differences.js";

await tf.setBackend("cpu");

describe("checkGradients", () => {
  test("finds nothing wrong with x^3", () => {
    expect(checkGradients((x) => tf.pow(x, 3), [pointOf([2, 3])])).toEqual([]);
  });

  test("finds a gradient that is 10 % too large, at every element", () => {
    const wrong = tf.customGrad((x, save) => {
      (save as tf.GradSaveFunc)([x as Tensor]);
      return { value: tf.square(x as Tensor), gradFunc: (dy, [x]) => tf.mul(dy, tf.mul(2.2, x)) };
    });
    const found = checkGradients((x) => wrong(x), [pointOf([4])], { order: 1 });
    expect(found.map(({ order, input }) => [order, input])).toEqual(Array.from({ length: 4 }, () => [1, 0]));
  });

  test("finds a second-order gradient that is missing although the first is right", () => {
    const blind = tf.customGrad((x) => {
      const slope = tf.mul(2, x as Tensor); // computed off the tape
      tf.keep(slope);
      return { value: tf.square(x as Tensor), gradFunc: (dy) => tf.mul(dy, slope) };
    });
    const found = checkGradients((x) => tf.mul(blind(x), 1), [pointOf([3])]);
    expect(found.map(({ order }) => order)).toEqual([2, 2, 2]);
    expect(found.map(({ analytic }) => analytic)).toEqual([0, 0, 0]);
  });

  test("takes a missing path for zero", () => {
    expect(checkGradients((x, y) => tf.add(x, tf.mul(y, 0)), [pointOf([2]), pointOf([2], 1)])).toEqual([]);
  });

  test("refuses a point whose values do not fill its shape", () => {
    expect(() => checkGradients((x) => x, [{ shape: [3], values: [1] }])).toThrow(
      /1 values were given for shape \[3\]/,
    );
  });
});

test("pointOf gives different values in (-1,1), none near another or near zero", () => {
  const sorted = pointOf([5, 5], 3).values;
  const values = Array.from(sorted).sort((a, b) => a - b);
  const gaps = values.slice(1).map((value, i) => value - values[i]);
  expect(Math.min(...gaps)).toBeGreaterThan(0.03);
  expect(Math.min(...values.map(Math.abs))).toBeGreaterThan(0.01);
});
