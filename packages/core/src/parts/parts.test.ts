/** @file Numbers by hand, and derivatives against differences, of the parts that are functions. */
import { describe, expect, test } from "vitest";
import { GanError } from "../errors.js";
import { checkGradients, pointOf } from "../testing/finite-differences.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { ADA_NUMBERS, adaptiveAugment, nextProbability, type AdaGroup } from "./ada.js";
import { diffAugment } from "./augment.js";
import { instanceNoise, noiseLevel } from "./instance-noise.js";
import { packed } from "./packing.js";
import { labelSmoothing, topK } from "./scores.js";

const values = (x: Tensor): number[] => Array.from(x.dataSync());

describe("packed", () => {
  test("joins neighbours: [[1,2],[3,4],[5,6],[7,8]] by 2 is [[1,2,3,4],[5,6,7,8]]", () => {
    const joined = packed(tf.tensor([[1, 2], [3, 4], [5, 6], [7, 8]]), 2); // prettier-ignore
    expect(joined.shape).toEqual([2, 4]);
    expect(values(joined)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
  test("joins images along channels: pixel (0,1) of the pack holds pixel (0,1) of both", () => {
    const x = tf.reshape(tf.range(0, 8), [2, 1, 2, 2]); // images [[0,1],[2,3]] and [[4,5],[6,7]]
    const joined = packed(x, 2);
    expect(joined.shape).toEqual([1, 1, 2, 4]);
    expect(values(joined)).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
  });
  test("refuses a batch that is no multiple", () => {
    expect(() => packed(tf.zeros([5, 2]), 2)).toThrow(GanError);
    expect(() => packed(tf.zeros([5, 2]), 2)).toThrow(/packing joins 2 samples.*got 5/);
  });
});

describe("topK", () => {
  test("keeps the highest: 2/3 of (1,3,2) is (3,2)", () => {
    expect(values(topK(tf.tensor([[1], [3], [2]]), 2 / 3))).toEqual([3, 2]);
  });
  test("equal scores keep the order of the batch, so exactly k remain", () => {
    expect(values(topK(tf.tensor([[5], [5], [5], [5]]), 0.5))).toEqual([5, 5]);
  });
  test("gradients reach the kept scores only, to second order", () => {
    const point = { shape: [4, 1], values: [0.5, -1, 2, 1] };
    expect(checkGradients((x) => topK(tf.mul(x, tf.square(x)), 0.5), [point])).toEqual([]);
    expect(values(tf.grad((x: Tensor) => tf.sum(topK(x, 0.5)))(tf.tensor(point.values, [4, 1])))).toEqual([0, 0, 1, 1]);
  });
});

test("label smoothing: softplus(-s) + alpha s is the loss with the label 1 - alpha", () => {
  const [s, alpha] = [0.7, 0.1];
  const sigma = 1 / (1 + Math.exp(-s));
  const smooth = -(1 - alpha) * Math.log(sigma) - alpha * Math.log(1 - sigma);
  const sum = tf.add(tf.softplus(-s), labelSmoothing(tf.tensor([[s]]), alpha));
  expect(values(sum)[0]).toBeCloseTo(smooth, 6);
});

test("instance noise: 2 falls over 1 kimg to 2 * (1 - 10 * 25 / 1000) = 1.5 after ten plays of 25, and stays at 0 after 1 kimg", () => {
  const at = (plays: number) => ({ plays: tf.scalar(plays), samples: 1, batch: 25 });
  const options = { std: 2, decayKimg: 1 };
  expect(values(noiseLevel(options, at(10)))).toEqual([1.5]);
  expect(values(noiseLevel(options, at(100)))).toEqual([0]);
  expect(values(instanceNoise(tf.tensor([[1]]), tf.tensor([[-1]]), tf.scalar(1.5)))).toEqual([-0.5]);
});

describe("diffAugment", () => {
  /** u that changes nothing: brightness 1/2, saturation 1/2, contrast 1/2, shifts in the middle. */
  const still = [0.5, 0.5, 0.5, 0.5, 0.5, 0, 0];
  const eight = tf.reshape(tf.range(1, 65), [1, 8, 8, 1]);

  test("with the middle of each range color and translation change nothing", () => {
    const y = diffAugment(eight, tf.tensor([still]), ["color", "translation"]);
    expect(y.shape).toEqual([1, 8, 8, 1]);
    values(y).forEach((value, i) => expect(value).toBeCloseTo(i + 1, 4));
  });
  test("translation by one pixel down: row 1 becomes row 0 of the image, zeros move in below", () => {
    // 8 / 8 = 1 pixel at most; u = 0.99 is +1: row i shows row i + 1
    const rows = values(diffAugment(eight, tf.tensor([[0, 0, 0, 0.99, 0.5, 0, 0]]), ["translation"]));
    expect(rows.slice(0, 8)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
    expect(rows.slice(56)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
  test("cutout at the corner takes 2x2 of 8x8: a hole of 4 whose centre is at (0,0)", () => {
    const y = values(diffAugment(tf.ones([1, 8, 8, 1]), tf.tensor([still]), ["cutout"]));
    expect(y.reduce((a, b) => a + b)).toBe(60);
    expect([y[0], y[1], y[2], y[9], y[18]]).toEqual([0, 0, 1, 0, 1]);
  });
  test("color of one pixel (0,1,2) with u = (1,0,1/2): grey 1.5 everywhere", () => {
    const y = diffAugment(tf.tensor([[[[0, 1, 2]]]]), tf.tensor([[1, 0, 0.5, 0, 0, 0, 0]]), ["color"]);
    expect(values(y)).toEqual([1.5, 1.5, 1.5]);
  });
  test("derivatives equal differences to second order", () => {
    const u = tf.tensor([[0.2, 0.8, 0.3, 0.9, 0.1, 0.4, 0.7]]);
    const f = (x: Tensor) => diffAugment(tf.mul(x, tf.square(x)), u, ["color", "translation", "cutout"]);
    expect(checkGradients(f, [pointOf([1, 4, 4, 2])])).toEqual([]);
  });
  test("refuses points", () => {
    expect(() => diffAugment(tf.zeros([2, 2]), tf.zeros([2, 7]), ["color"])).toThrow(
      /needs images \[N,H,W,C\], got \[2,2\]/,
    );
  });
});

describe("ada", () => {
  /** Gates at 0 are below every p > 0, so all is done; the middle of each range changes nothing. */
  const still = [0, 0.99, 0, 0, 0, 0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.99, 0, 0];
  const change = (changes: Readonly<Record<number, number>>): Tensor =>
    tf.tensor([still.map((value, i) => changes[i] ?? value)]);
  const square = tf.tensor([1, 2, 3, 4], [1, 2, 2, 1]);
  const at = (u: Tensor, groups: readonly AdaGroup[], p = 0.5, x = square): number[] =>
    values(adaptiveAugment(x, u, { p: tf.scalar(p), groups })).map((value) => Math.round(1e5 * value) / 1e5);

  test("p = 0 changes nothing, bit for bit, whatever is drawn", () => {
    const u = tf.randomUniform([1, ADA_NUMBERS], 0, 1, "float32", 3);
    expect(at(u, ["blit", "color", "cutout"], 0)).toEqual([1, 2, 3, 4]);
  });
  test("[[1,2],[3,4]] is mirrored to [[2,1],[4,3]], and turned to [[2,4],[1,3]], [[4,3],[2,1]], [[3,1],[4,2]]", () => {
    expect(at(change({}), ["blit"])).toEqual([1, 2, 3, 4]);
    expect(at(change({ 1: 0.4 }), ["blit"])).toEqual([2, 1, 4, 3]);
    expect([0.3, 0.6, 0.9].map((quarter) => at(change({ 3: quarter }), ["blit"]))).toEqual([
      [2, 4, 1, 3],
      [4, 3, 2, 1],
      [3, 1, 4, 2],
    ]);
  });
  test("brightness (2 u - 1) 0.2 sqrt 3, contrast 2^((2 u - 1) 0.5 sqrt 3) around the mean 2.5", () => {
    const b = 0.2 * Math.sqrt(3);
    at(change({ 8: 1 }), ["color"]).forEach((value, i) => expect(value).toBeCloseTo(i + 1 + b, 4));
    const factor = 2 ** (0.5 * Math.sqrt(3));
    at(change({ 10: 1 }), ["color"]).forEach((value, i) => expect(value).toBeCloseTo(2.5 + (i - 1.5) * factor, 4));
  });
  test("each op is done where its own number is below p only", () => {
    const x = tf.concat([square, square], 0);
    const u = tf.concat([change({ 0: 0.2, 1: 0 }), change({ 0: 0.8, 1: 0 })], 0);
    expect(at(u, ["blit"], 0.5, x)).toEqual([2, 1, 4, 3, 1, 2, 3, 4]);
  });
  test("derivatives equal differences to second order", () => {
    const u = change({ 1: 0, 3: 0.3, 5: 0.9, 8: 0.7, 10: 0.2, 12: 0.9, 13: 0 });
    const f = (x: Tensor) =>
      adaptiveAugment(tf.mul(x, tf.square(x)), u, { p: tf.scalar(0.5), groups: ["blit", "color", "cutout"] });
    expect(checkGradients(f, [pointOf([1, 4, 4, 2])])).toEqual([]);
  });
  test("p rises by 100 / 500,000 while more than 4/5 of the scores are positive, and falls otherwise, within [0,1]", () => {
    const options = { target: 0.6, speedKimg: 500, batch: 100 };
    const next = (p: number, scores: number[]) => {
      const { p: after, overfitting } = nextProbability(tf.scalar(p), tf.tensor(scores), options);
      return [...values(after), ...values(overfitting)];
    };
    expect(next(0.5, [1, 2, 3, 4])).toEqual([expect.closeTo(0.5002, 6), 1]);
    expect(next(0.5, [1, 2, 3, -4])).toEqual([expect.closeTo(0.4998, 6), 0.5]);
    expect([next(1, [1])[0], next(0, [-1])[0]]).toEqual([1, 0]);
  });
  test("refuses what it cannot turn", () => {
    const u = tf.zeros([1, ADA_NUMBERS]);
    const ada = (x: Tensor) => adaptiveAugment(x, u, { p: tf.scalar(0), groups: ["blit"] });
    expect(() => ada(tf.zeros([1, 4, 6, 1]))).toThrow(/turns square images, got \[1,4,6,1\]/);
    expect(() => ada(tf.zeros([1, 2]))).toThrow(/needs images \[N,H,W,C\], got \[1,2\]/);
  });
});
