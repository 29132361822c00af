/** @file Gradients of every op of the TensorFlow.js API, first and second order, by one number that is added to all its inputs. */
import { tf, type Tensor } from "@gan-arena/core";
import { beforeAll, expect, it } from "vitest";
import { CALLS, withZero } from "./calls.js";

beforeAll(() => tf.setBackend("cpu"));

/** Half the distance between the points of a difference. */
const STEP = 4e-3;

/** The results of a call as one number that depends on all of them smoothly. */
const total =
  (call: () => unknown) =>
  (zero: Tensor): tf.Scalar => {
    const result = withZero(zero, call);
    const results = result instanceof tf.Tensor ? [result] : Object.values(result as Record<string, Tensor>);
    const weighed = results.map((y) => {
      const weights = tf.tensor(
        Float32Array.from({ length: y.size }, (_, i) => 1 + Math.sin(3 * i + 1)),
        y.shape,
      );
      return tf.sum(tf.mul(tf.cast(y, "float32"), weights));
    });
    return tf.add(tf.addN(weighed) as tf.Scalar, tf.mul(0, zero));
  };

type Fn = (zero: Tensor) => Tensor;
const slope = (f: Fn): Fn => tf.grad((x: Tensor) => tf.add(f(x), tf.mul(0, x)));
const at = (f: Fn, place: number): number => f(tf.scalar(place)).dataSync()[0];

const JUMPS = "it jumps between the two points of the difference";
const NONE = "TensorFlow.js has no gradient of it, nor has core";
const STATE = "a variable is state: what goes in is not what comes out";

/** Ops of which the derivative is not that of the difference; OPS.md says so. One that agrees after all is reported. */
const EXCEPT: Readonly<Record<string, string>> = {
  ceil: JUMPS,
  floor: JUMPS,
  "image.threshold": JUMPS,
  cast: "the gradient of a cast to integers is passed through",
  variable: STATE,
  movingAverage: STATE,
  all: NONE,
  any: NONE,
  lowerBound: NONE,
  upperBound: NONE,
  searchSorted: NONE,
  sparseToDense: NONE,
  logSigmoid: "on eager backends TensorFlow.js disposes of the operand before its gradient is computed",
  "losses.softmaxCrossEntropy": "TensorFlow.js loses terms of the second order; take logSoftmax of core",
};

/** Derivatives of the first and the second order, each beside the difference that it should be. */
function derivatives(call: () => unknown): { derivative: number; difference: number }[] {
  let f: Fn = total(call);
  return [1, 2].map(() => {
    const derivative = slope(f);
    const pair = { derivative: at(derivative, 0), difference: (at(f, STEP) - at(f, -STEP)) / (2 * STEP) };
    f = derivative;
    return pair;
  });
}

const listed = ([name]: readonly [string, unknown]): boolean => name in EXCEPT;

it.each(Object.entries(CALLS).filter((entry) => !listed(entry)))("%s", (_, call) => {
  const pairs = derivatives(call);
  expect(pairs.map(({ derivative }) => derivative)).toBeAllclose(
    pairs.map(({ difference }) => difference),
    3e-2,
    3e-2,
  );
});

it.each(Object.entries(CALLS).filter(listed))("%s is rightly listed as an exception", (_, call) => {
  const agrees = (): boolean =>
    derivatives(call).every(
      ({ derivative, difference }) => Math.abs(derivative - difference) <= 3e-2 + 3e-2 * Math.abs(difference),
    );
  const outcome = (): boolean => {
    try {
      return agrees();
    } catch {
      return false;
    }
  };
  expect(outcome()).toBe(false);
});
