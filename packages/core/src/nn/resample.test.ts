import { describe, expect, test } from "vitest";
import { GanError } from "../errors.js";
import { checkGradients, pointOf } from "../testing/finite-differences.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { downsample2d, filter2d, upsample2d } from "./resample.js";

await tf.setBackend("cpu");

/** One image of one channel. */
const image = (rows: number[][]): Tensor => tf.tensor4d([rows.map((row) => row.map((value) => [value]))]);
const rowsOf = (x: Tensor): number[] => [...x.dataSync()];

describe("downsample2d", () => {
  test("averages of 2x2 with taps [1,1]: (1+2+5+6)/4 = 3.5 and (3+4+7+8)/4 = 5.5", () => {
    const x = image([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(rowsOf(downsample2d(x, [1, 1]))).toBeAllclose([3.5, 5.5]);
  });

  test("an impulse of 64 at (1,1) of 4x4: outputs (0,0), (0,1), (1,0), (1,1) see it through taps 3 3, 3 1, 1 3, 1 1", () => {
    const x = image([
      [0, 0, 0, 0],
      [0, 64, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(rowsOf(downsample2d(x))).toBeAllclose([9, 3, 3, 1]);
  });

  test("refuses odd sizes", () => {
    expect(() => downsample2d(tf.zeros([1, 3, 4, 1]))).toThrow(
      /^\[downsample2d\] the input must be \[N,H,W,C\] with H and W even/,
    );
  });
});

describe("upsample2d", () => {
  test("an impulse of 16 in 1x1: of taps [1,3,3,1] the middle four reach the 2x2 pixels, 16 * 4 * 9 / 64 = 9 each", () => {
    expect(rowsOf(upsample2d(image([[16]])))).toBeAllclose([9, 9, 9, 9]);
  });

  test("a row [4,8] becomes [3/4 4, 3/4 4 + 1/4 8, 1/4 4 + 3/4 8, 3/4 8] = [3,5,7,6], times 3/4 for the missing rows", () => {
    expect(rowsOf(upsample2d(image([[4, 8]])))).toBeAllclose([3, 5, 7, 6, 3, 5, 7, 6].map((v) => 0.75 * v));
  });

  test("repeats pixels with taps [1,1]", () => {
    expect(rowsOf(upsample2d(image([[1, 2]]), [1, 1]))).toBeAllclose([1, 1, 2, 2, 1, 1, 2, 2]);
  });

  test("is 4 times the transpose of downsample2d: 4 <downsample x, y> = <x, upsample y>", () => {
    const [x, y] = [
      tf.randomNormal([2, 4, 6, 3], 0, 1, "float32", 1),
      tf.randomNormal([2, 2, 3, 3], 0, 1, "float32", 2),
    ];
    const dot = (a: Tensor, b: Tensor): number => tf.sum(tf.mul(a, b)).dataSync()[0];
    expect(4 * dot(downsample2d(x), y)).toBeAllclose(dot(x, upsample2d(y)), 1e-4);
  });
});

describe("filter2d", () => {
  test("keeps the size: an impulse of 64 at (1,1) comes out as the outer product of [1,3,3,1], cut at the border", () => {
    const x = image([
      [0, 0, 0],
      [0, 64, 0],
      [0, 0, 0],
    ]);
    expect(rowsOf(filter2d(x))).toBeAllclose([9, 9, 3, 9, 9, 3, 3, 3, 1]);
  });

  test("channels do not mix, gain multiplies: sums of [1,1;1,1] / 4 * 8", () => {
    const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2]);
    expect(rowsOf(filter2d(x, { taps: [1, 1], padding: [0, 0], gain: 8 }))).toBeAllclose([20, 200]);
  });

  test.each([[[1, 2, 1]], [[1, 2]], [[]]])("refuses taps %j", (taps) => {
    expect(() => filter2d(tf.zeros([1, 4, 4, 1]), { taps })).toThrow(GanError);
    expect(() => filter2d(tf.zeros([1, 4, 4, 1]), { taps })).toThrow(/symmetric and even in number/);
  });
});

describe("the tape agrees with central differences, first and second order", () => {
  test.each([
    ["downsample2d", (x: Tensor) => tf.square(downsample2d(x)), [1, 4, 2, 2]],
    ["upsample2d", (x: Tensor) => tf.square(upsample2d(x)), [1, 2, 3, 2]],
    ["filter2d", (x: Tensor) => tf.square(filter2d(x, { padding: [2, 3] })), [1, 2, 3, 2]],
  ] as [string, (x: Tensor) => Tensor, number[]][])("%s", (_, fn, shape) => {
    expect(checkGradients(fn, [pointOf(shape)])).toEqual([]);
  });
});
