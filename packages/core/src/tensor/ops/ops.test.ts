import { expect, test } from "vitest";
import { tf, type Tensor } from "../tf.js";
import { lerp, stopGradient } from "./index.js";

await tf.setBackend("cpu");

test("lerp: 2 at 0, 6 at 1, 3 at 1/4", () => {
  const t = tf.tensor1d([0, 1, 0.25]);
  expect([...lerp(tf.scalar(2), tf.scalar(6), t).dataSync()]).toEqual([2, 6, 3]);
  expect([...lerp(tf.scalar(2), tf.scalar(6), 0.25).dataSync()]).toEqual([3]);
});

test("stopGradient: d/dx of x * stop(x^2) at 3 is 9, where x^3 would have 27", () => {
  const f = (x: Tensor): Tensor => tf.mul(x, stopGradient(tf.square(x)));
  expect(f(tf.scalar(3)).dataSync()[0]).toBe(27);
  expect(tf.grad(f)(tf.scalar(3)).dataSync()[0]).toBe(9);
});

test("stopGradient under a second derivative: of x^2 * stop(x) at 3 it is 2 * 3 = 6", () => {
  const f = (x: Tensor): Tensor => tf.mul(tf.square(x), stopGradient(x));
  const second = tf.grad((x: Tensor) => tf.grad(f)(x));
  expect(second(tf.scalar(3)).dataSync()[0]).toBe(6);
});
