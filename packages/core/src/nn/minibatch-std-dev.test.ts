import { describe, expect, test } from "vitest";
import { checkGradients, pointOf } from "../testing/finite-differences.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { minibatchStdDev } from "./minibatch-std-dev.js";
import { pixelNorm } from "./pixel-norm.js";

await tf.setBackend("cpu");

/** The appended channels of a batch of 1x1 images, sample by sample. */
const appended = (samples: number[][], options: Parameters<typeof minibatchStdDev>[1]): number[] => {
  const channels = samples[0].length;
  const x = tf.tensor4d(samples.flat(), [samples.length, 1, 1, channels]);
  const y = minibatchStdDev(x, options);
  return [...tf.slice(y, [0, 0, 0, channels], [-1, -1, -1, -1]).dataSync()];
};

describe("minibatchStdDev", () => {
  test("of [1,10] and [3,50]: deviations 1 and 20, on average 10.5", () => {
    expect(
      appended(
        [
          [1, 10],
          [3, 50],
        ],
        { group: 2 },
      ),
    ).toBeAllclose([10.5, 10.5], 1e-5);
  });

  test("two features keep the halves of the channels apart: 1 and 20", () => {
    expect(
      appended(
        [
          [1, 10],
          [3, 50],
        ],
        { group: 2, features: 2 },
      ),
    ).toBeAllclose([1, 20, 1, 20], 1e-5);
  });

  test("groups of 2 in a batch of 4 are samples 0 and 2, 1 and 3: deviations (5 - 1) / 2 and (10 - 2) / 2", () => {
    expect(appended([[1], [2], [5], [10]], { group: 2 })).toBeAllclose([2, 4, 2, 4], 1e-5);
  });

  test("a batch of 6 is cut into groups of 3, the largest divisor up to 4; of 5 into single samples", () => {
    // 0, 2, 4 and 1, 7, 13: deviations sqrt(8/3) and sqrt(24)
    const root = [Math.sqrt(8 / 3), Math.sqrt(24)];
    expect(appended([[0], [1], [2], [7], [4], [13]], { group: 4 })).toBeAllclose([...root, ...root, ...root], 1e-5);
    expect(appended([[1], [2], [3], [4], [5]], { group: 4 })).toBeAllclose([1e-4, 1e-4, 1e-4, 1e-4, 1e-4], 1e-3);
  });

  test("fills whole channels and leaves x as it is", () => {
    const x = tf.randomNormal([2, 2, 3, 4], 0, 1, "float32", 1);
    const y = minibatchStdDev(x);
    expect(y.shape).toEqual([2, 2, 3, 5]);
    expect([...tf.slice(y, [0, 0, 0, 0], [-1, -1, -1, 4]).dataSync()]).toEqual([...x.dataSync()]);
    expect(new Set(tf.slice(y, [0, 0, 0, 4], [-1, -1, -1, 1]).dataSync()).size).toBe(1);
  });

  test("refuses 5 channels for 2 features", () => {
    expect(() => minibatchStdDev(tf.zeros([2, 1, 1, 5]), { features: 2 })).toThrow(
      /^\[minibatchStdDev\] the input must be/,
    );
  });
});

test("pixelNorm: [3,4] has mean square 12.5; a vector of zeros stays zero", () => {
  const y = pixelNorm(
    tf.tensor2d([
      [3, 4],
      [0, 0],
    ]),
  );
  expect(y.dataSync()).toBeAllclose([3 / Math.sqrt(12.5), 4 / Math.sqrt(12.5), 0, 0], 1e-5);
});

describe("the tape agrees with central differences, first and second order", () => {
  test.each([
    ["minibatchStdDev", (x: Tensor) => tf.square(minibatchStdDev(x, { group: 2 })), [4, 1, 2, 2]],
    ["pixelNorm", (x: Tensor) => pixelNorm(x), [2, 3]],
  ] as [string, (x: Tensor) => Tensor, number[]][])("%s", (_, fn, shape) => {
    expect(checkGradients(fn, [pointOf(shape)], { rtol: 2e-2, atol: 5e-3 })).toEqual([]);
  });
});
