import { describe, expect, it } from "vitest";
import { levelsFor, normaliseChannels, patchDescriptors, type PatchPlan } from "./patches.js";

const plan = (given: Partial<PatchPlan> = {}): PatchPlan => ({
  height: 9,
  width: 11,
  channels: 1,
  levels: 1,
  count: 600,
  seed: 1,
  name: "test",
  ...given,
});
/** Pixel (y, x) of picture n is 1000 n + 100 y + x, so that a patch tells where it comes from. */
const numbered = (count: number, height: number, width: number) => ({
  count,
  dim: height * width,
  values: Float32Array.from({ length: count * height * width }, (_, i) => {
    const [n, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return 10_000 * n + 100 * y + x;
  }),
});

describe("patchDescriptors", () => {
  it("cuts 7x7 from the pictures in turn, at every place there is", () => {
    const [{ count, dim, values }] = patchDescriptors(numbered(4, 9, 11), plan());
    expect([count, dim]).toEqual([600, 49]);
    const corners = new Map<number, number>();
    for (let k = 0; k < count; k++) {
      const patch = values.subarray(k * dim, (k + 1) * dim);
      const corner = patch[0] - 10_000 * (k % 4);
      corners.set(corner, (corners.get(corner) ?? 0) + 1);
      expect(Array.from(patch, (value) => value - patch[0])).toEqual(
        Array.from({ length: 49 }, (_, i) => 100 * Math.floor(i / 7) + (i % 7)),
      );
    }
    // 9 - 7 + 1 = 3 rows by 11 - 7 + 1 = 5 columns of corners, each taken about 40 times.
    const places = [0, 100, 200].flatMap((y) => [0, 1, 2, 3, 4].map((x) => y + x));
    expect([...corners.keys()].sort((a, b) => a - b)).toEqual(places);
    expect([...corners.values()]).toBeAllclose(
      Array.from({ length: 15 }, () => 40),
      0,
      25,
    );
  });

  it("cuts two sets at the same places, another seed elsewhere", () => {
    const corners = (given: Partial<PatchPlan>) =>
      patchDescriptors(numbered(1, 9, 11), plan(given))[0].values.filter((_, i) => i % 49 === 0);
    expect(corners({})).toEqual(corners({}));
    expect(corners({ seed: 2 })).not.toEqual(corners({}));
  });

  it("has one set per level", () => {
    const sets = patchDescriptors(numbered(3, 32, 28), plan({ height: 32, width: 28, levels: 2, count: 10 }));
    expect(sets.map(({ count, dim, values }) => [count, dim, values.length])).toEqual([
      [10, 49, 490],
      [10, 49, 490],
    ]);
    // The second level is the blurred half: in the middle of the slope 100 y + x it is the slope, twice as steep.
    const [first, right, below] = [sets[1].values[24], sets[1].values[25], sets[1].values[31]];
    expect([right - first, below - first]).toBeAllclose([2, 200], 1e-3);
  });
});

describe("levelsFor", () => {
  it("halves down to 14: 28 has 2 levels, 32 has 2, 64 has 3, 20 has 1", () => {
    expect([28, 32, 64, 20].map((side) => levelsFor(side, 100, 14))).toEqual([2, 2, 3, 1]);
  });
});

describe("normaliseChannels", () => {
  it("brings each channel to mean 0 and deviation 1: 1 3 and 10 30 become -1 1, a constant 0", () => {
    const values = Float32Array.of(1, 10, 0.1, 3, 30, 0.1);
    normaliseChannels({ count: 2, dim: 3, values }, 3);
    expect(values).toBeAllclose([-1, -1, 0, 1, 1, 0], 1e-6);
  });
});
