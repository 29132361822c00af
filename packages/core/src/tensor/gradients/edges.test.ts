import { describe, expect, test } from "vitest";
import { logSoftmax } from "../ops/index.js";
import { tf, type Tensor } from "../tf.js";

await tf.setBackend("cpu");

type Fn = (x: Tensor) => Tensor;

/** Value, first and second derivative of an element-wise function. */
function derivatives(f: Fn, at: number[]): number[][] {
  const x = tf.tensor1d(at);
  const first = tf.grad(f);
  return [f, first, tf.grad((x: Tensor) => first(x))].map((g) => [...g(x).dataSync()]);
}

describe("where arithmetic is dangerous", () => {
  test("softplus at -1000, 0, 1000 is 0, log 2, 1000 with slopes 0, 1/2, 1 and curvatures 0, 1/4, 0", () => {
    const [value, slope, curvature] = derivatives(tf.softplus, [-1000, 0, 1000]);
    expect(value).toBeAllclose([0, Math.LN2, 1000]);
    expect(slope).toBeAllclose([0, 0.5, 1]);
    expect(curvature).toBeAllclose([0, 0.25, 0]);
  });

  test.each<[string, Fn, number[][]]>([
    [
      "sigmoid",
      tf.sigmoid,
      [
        [0, 1],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "tanh",
      tf.tanh,
      [
        [-1, 1],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "elu",
      tf.elu,
      [
        [-1, 1000],
        [0, 1],
        [0, 0],
      ],
    ],
    [
      "selu",
      (x) => tf.selu(x),
      [
        [-1.7580993, 1050.701],
        [0, 1.050701],
        [0, 0],
      ],
    ],
  ])("%s at -1000 and 1000 is finite to second order", (_, f, expected) => {
    derivatives(f, [-1000, 1000]).forEach((got, i) => expect(got).toBeAllclose(expected[i]));
  });

  test("logSoftmax of [1000,0,-1000] is [0,-1000,-2000]; the gradient of the last is -softmax + its own one", () => {
    const x = tf.tensor1d([1000, 0, -1000]);
    expect(logSoftmax(x).dataSync()).toBeAllclose([0, -1000, -2000]);
    expect(
      tf
        .grad((x: Tensor) => tf.slice(logSoftmax(x), [2], [1]))(x)
        .dataSync(),
    ).toBeAllclose([-1, 0, 1]);
  });

  test.each([
    ["x^2 at 0: 0, 0, 2", 2, [0, 0, 2]],
    ["x^1 at 0: 0, 1, 0", 1, [0, 1, 0]],
    ["x^0 at 0: 1, 0, 0", 0, [1, 0, 0]],
  ])("pow: %s", (_, exponent, expected) => {
    expect(derivatives((x) => tf.pow(x, exponent), [0]).flat()).toEqual(expected);
  });

  test("|x| has slope 0 at 0, -1 below and 1 above", () => {
    expect([
      ...tf
        .grad(tf.abs)(tf.tensor1d([-2, 0, 2]))
        .dataSync(),
    ]).toEqual([-1, 0, 1]);
  });

  test("where keeps the infinity of the other branch out: d/dx of x > 0 ? sqrt(x) : 0 at 0 and 4 is 0 and 1/4", () => {
    const safe: Fn = (x) => {
      const positive = tf.greater(x, 0);
      return tf.where(positive, tf.sqrt(tf.where(positive, x, tf.onesLike(x))), tf.zerosLike(x));
    };
    expect([
      ...tf
        .grad(safe)(tf.tensor1d([0, 4]))
        .dataSync(),
    ]).toEqual([0, 0.25]);
  });
});

describe("ties", () => {
  test("max of [2,5,5] gives 1/2 to each five", () => {
    expect([
      ...tf
        .grad((x: Tensor) => tf.max(x))(tf.tensor1d([2, 5, 5]))
        .dataSync(),
    ]).toEqual([0, 0.5, 0.5]);
  });

  test("maxPool over [[7,7],[7,1]] gives 1/3 to each seven", () => {
    const x = tf.tensor4d([7, 7, 7, 1], [1, 2, 2, 1]);
    const gradient = tf.grad((x: Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"))(x);
    expect(gradient.dataSync()).toBeAllclose([1 / 3, 1 / 3, 1 / 3, 0]);
  });

  test("maximum(3,3) and minimum(3,3) give all to the first", () => {
    for (const f of [tf.maximum, tf.minimum]) {
      const [a, b] = tf.grads((a: Tensor, b: Tensor) => f(a, b))([tf.scalar(3), tf.scalar(3)]);
      expect([a.dataSync()[0], b.dataSync()[0]]).toEqual([1, 0]);
    }
  });
});

test.each<[string, Fn]>([
  ["relu", tf.relu],
  ["leakyRelu", (x) => tf.leakyRelu(x)],
  ["abs", tf.abs],
  ["max", (x) => tf.max(x)],
  ["clipByValue", (x) => tf.clipByValue(x, -1, 1)],
])("%s is piecewise linear: its gradient has no path back to x, so no zeros are computed", (_, f) => {
  const x = tf.tensor1d([-0.5, 0.5]);
  expect(() => tf.grad((x: Tensor) => tf.grad(f)(x))(x)).toThrow(/Cannot compute gradient of y=f\(x\)/);
});

test("comparisons have gradient zero, not none", () => {
  const x = tf.tensor1d([-0.5, 0.5]);
  const f: Fn = (x) => tf.cast(tf.logicalOr(tf.greater(x, 0), tf.isNaN(x)), "float32");
  expect([...tf.grad(f)(x).dataSync()]).toEqual([0, 0]);
});

test("nothing is leaked by a gradient of a gradient", () => {
  const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
  const w = tf.ones<tf.Rank.R4>([2, 2, 1, 1]);
  const penalty: Fn = (w) =>
    tf.sum(
      tf.square(tf.grad((x: Tensor) => tf.leakyRelu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same")))(x)),
    );
  const before = tf.memory().numTensors;
  tf.tidy(() => tf.grad(penalty)(w).dataSync());
  expect(tf.memory().numTensors).toBe(before);
});
