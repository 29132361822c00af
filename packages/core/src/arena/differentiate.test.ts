import { describe, expect, it } from "vitest";
import { tf, type Tensor } from "../tensor/tf.js";
import { differentiate } from "./differentiate.js";

const values = (tensors: readonly (Tensor | undefined)[]): (number[] | undefined)[] =>
  tensors.map((tensor) => tensor && Array.from(tensor.dataSync()));

/** Runs the body in a scope; afterwards no tensor may be left. */
function tidily<T>(body: () => T): T {
  const before = tf.memory().numTensors;
  tf.engine().startScope();
  try {
    return body();
  } finally {
    tf.engine().endScope();
    expect(tf.memory().numTensors).toBe(before);
  }
}

describe("differentiate", () => {
  it("one total: d(a^2 b) = 2ab, a^2 at a = 3, b = 5", () => {
    const result = tidily(() => {
      const [a, b] = [tf.scalar(3), tf.scalar(5)];
      const { gradients, extras } = differentiate([a, b], () => {
        const total = tf.mul(tf.square(a), b);
        return { objectives: [{ total, by: [a, b] }], extras: { total, input: a } };
      });
      return { gradients: gradients.map(values), total: extras.total.dataSync()[0], input: extras.input.dataSync()[0] };
    });
    expect(result).toEqual({ gradients: [[[30], [9]]], total: 45, input: 3 });
  });

  it("two totals from one forward pass: each tensor descends its own (ab and -ab)", () => {
    let forwards = 0;
    const result = tidily(() => {
      const [a, b] = [tf.scalar(3), tf.scalar(5)];
      const { gradients } = differentiate([a, b], () => {
        forwards++;
        const product = tf.mul(a, b);
        return { objectives: [{ total: product, by: [a] }, { total: tf.neg(product), by: [b] }], extras: {} };
      });
      return gradients.map(values);
    });
    expect(forwards).toBe(1);
    expect(result).toEqual([[[5]], [[-3]]]);
  });

  it("goes through a gradient inside: d/da |d(a x^2)/dx|^2 = 2a (2x)^2 = 96 at a = 3, x = 2, alone and beside another", () => {
    const penalty = (a: Tensor, x: Tensor): Tensor =>
      tf.square(tf.grad((y) => tf.mul(a, tf.square(y)))(x));
    const result = tidily(() => {
      const [a, b, x] = [tf.scalar(3), tf.scalar(7), tf.scalar(2)];
      const alone = differentiate([a], () => ({ objectives: [{ total: penalty(a, x), by: [a] }], extras: {} }));
      const beside = differentiate([a, b], () => ({
        objectives: [{ total: penalty(a, x), by: [a] }, { total: tf.square(b), by: [b] }],
        extras: {},
      }));
      return [...alone.gradients, ...beside.gradients].map(values);
    });
    expect(result).toEqual([[[96]], [[96]], [[14]]]);
  });

  it("gives undefined for what a total does not depend on", () => {
    const result = tidily(() => {
      const [a, b] = [tf.scalar(3), tf.scalar(5)];
      return differentiate([a, b], () => ({ objectives: [{ total: tf.square(a), by: [a, b] }], extras: {} })).gradients.map(values);
    });
    expect(result).toEqual([[[6], undefined]]);
  });
});
