import { describe, expect, test } from "vitest";
import { checkGradients, pointOf } from "../../testing/finite-differences.js";
import { tf } from "../tf.js";
import { channelSums } from "./channel-sums.js";
import { spectrum2d } from "./spectrum.js";

await tf.setBackend("cpu");

describe("spectrum2d", () => {
  test("of [[1,2,3,4]]: 10, -2 + 2i, -2, -2 - 2i, as every textbook has it", () => {
    const { real, imag } = spectrum2d(tf.tensor4d([1, 2, 3, 4], [1, 1, 4, 1]));
    expect(real.dataSync()).toBeAllclose([10, -2, -2, -2], 0, 1e-5);
    expect(imag.dataSync()).toBeAllclose([0, 2, 0, -2], 0, 1e-5);
  });

  test("of an impulse at row 1, column 1 of 2x3: (-1)^u exp(-2 pi i v / 3)", () => {
    const { real, imag } = spectrum2d(tf.tensor4d([0, 0, 0, 0, 1, 0], [1, 2, 3, 1]));
    const h = Math.sqrt(3) / 2;
    expect(real.dataSync()).toBeAllclose([1, -0.5, -0.5, -1, 0.5, 0.5], 0, 1e-6);
    expect(imag.dataSync()).toBeAllclose([0, -h, h, 0, h, -h], 0, 1e-6);
  });

  test("keeps energy, Parseval: sum |F|^2 = H W sum x^2, images and channels apart", () => {
    const x = tf.randomNormal([2, 3, 5, 2], 0, 1, "float32", 1);
    const { real, imag } = spectrum2d(x);
    const energy = tf.sum(tf.add(tf.square(real), tf.square(imag)), [1, 2]);
    expect(energy.dataSync()).toBeAllclose([...tf.mul(15, tf.sum(tf.square(x), [1, 2])).dataSync()], 1e-5, 1e-5);
  });

  test("has gradients of first and second order", () => {
    const amplitude = (x: tf.Tensor): tf.Tensor => {
      const { real, imag } = spectrum2d(x);
      return tf.sqrt(tf.add(0.5, tf.add(tf.square(real), tf.square(imag))));
    };
    expect(checkGradients(amplitude, [pointOf([1, 2, 3, 2])])).toEqual([]);
  });
});

test("channelSums with radius 1 of [1,2,3,4]: 1+2, 1+2+3, 2+3+4, 3+4", () => {
  expect([...channelSums(tf.tensor2d([[1, 2, 3, 4]]), 1).dataSync()]).toEqual([3, 6, 9, 7]);
});
