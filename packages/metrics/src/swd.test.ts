import { type DataSource, float32, type HostTensor, type MetricContext, stream } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import { swdPatches } from "./swd-patches.js";
import { swdPixels } from "./swd-pixels.js";
import { swdPoints } from "./swd-points.js";

/** Normal noise around `mean`; position k of a source is drawn from its own counter. */
function noise(name: string, shape: readonly number[], { mean = 0, size = Infinity } = {}): DataSource {
  const length = shape.reduce((product, extent) => product * extent, 1);
  const field = { x: { shape, dtype: "float32" as const } };
  const spec =
    shape.length === 3
      ? { name: "noise", fields: field, image: { height: shape[0], width: shape[1], channels: shape[2] }, size }
      : { name: "noise", fields: field, points: { dim: length }, size };
  return {
    spec,
    fingerprint: name,
    batch({ seed, position }, n) {
      const draws = stream(seed, name);
      const x = float32([n, ...shape]);
      for (let i = 0; i < n; i++) draws.normal(position + i, x.data.subarray(i * length, (i + 1) * length));
      x.data.forEach((value, i) => (x.data[i] = 0.3 * value + mean));
      return { x };
    },
  };
}

function context(shape: readonly number[], generate?: (n: number) => HostTensor, size = Infinity): MetricContext {
  const [train, test] = [noise("train", shape, { size }), noise("test", shape, { size })];
  const own = noise("generator", shape);
  return { seed: 5, train, test, generate: async (n) => generate?.(n) ?? own.batch({ seed: 1, position: 0 }, n).x };
}
const shifted = (shape: readonly number[], mean: number) => (n: number) =>
  noise("generator", shape, { mean }).batch({ seed: 1, position: 0 }, n).x;
/** `n` times the same sample. */
const collapsed = (shape: readonly number[]) => (n: number) => {
  const one = shifted(shape, 0)(1).data;
  const x = float32([n, ...shape]);
  for (let i = 0; i < n; i++) x.data.set(one, i * one.length);
  return x;
};

describe("swd-points2k", () => {
  it("on the line is the exact W2: a shift by 3 is 3", async () => {
    const { value, samples, split, details } = await swdPoints.compute(context([1], shifted([1], 3)));
    expect(value).toBeAllclose(3, 0, 0.04); // both means are known to 0.3 / sqrt(2000) = 0.007
    expect({ samples, split, real: details?.realSamples }).toEqual({ samples: 2000, split: "test", real: 2000 });
  });

  it("in the plane is |mu| / sqrt(2), and near the floor for the same distribution", async () => {
    const far = await swdPoints.compute(context([2], shifted([2], 1))); // |mu| = sqrt(2)
    expect(far.value).toBeAllclose(1, 0, 0.1);
    const near = await swdPoints.compute(context([2]));
    expect(near.value).toBeAllclose(near.details?.floor as number, 0, 0.015);
    expect(near.details?.floor).toBe(far.details?.floor);
    expect(near.details?.floor).toBeAllclose(0.015, 0, 0.013); // above 0: two samples of one distribution differ
  });
});

describe("swd-pixels2k", () => {
  const shape = [8, 8, 1];

  it("has the unit of pixels: all pixels brighter by 0.5 is 0.5", async () => {
    const { value } = await swdPixels.compute(context(shape, shifted(shape, 0.5)));
    expect(value).toBeAllclose(0.5, 0.12);
  });

  it("takes the whole test split when it is smaller, each picture once", async () => {
    const { details } = await swdPixels.compute(context(shape, undefined, 300));
    expect(details?.realSamples).toBe(300);
  });

  it("ranks the true distribution before a collapsed one", async () => {
    const [good, bad] = [
      await swdPixels.compute(context(shape)),
      await swdPixels.compute(context(shape, collapsed(shape))),
    ];
    // A point mass in place of deviation 0.3 costs at least 0.3 along every direction.
    expect(bad.value).toBeGreaterThan(0.29);
    expect(good.value).toBeLessThan(0.05);
  });
});

describe("swd-patches2k", { timeout: 30_000 }, () => {
  const shape = [14, 14, 1];
  const data = context(shape); // one for all, so that the floor is computed once
  const judge = (generate: (n: number) => HostTensor) =>
    swdPatches.compute({ ...data, generate: async (n) => generate(n) });

  it("is 0 for the test pictures themselves, and has a floor above", async () => {
    const { value, details } = await judge((n) => data.test.batch({ seed: data.seed, position: 0 }, n).x);
    expect(value).toBe(0);
    expect(details?.levels).toEqual([value]);
    expect(details?.floor).toBeGreaterThan(5);
  });

  it("does not see brightness, which it normalises away, but sees blur", async () => {
    const blurred = (n: number) => {
      const x = shifted(shape, 0)(n);
      const values = x.data as Float32Array;
      for (let i = 0; i + 2 < values.length; i++) values[i] = (values[i] + values[i + 1] + values[i + 2]) / 3;
      return x;
    };
    const [bright, soft] = [await judge(shifted(shape, 0.5)), await judge(blurred)];
    const floor = soft.details?.floor as number;
    expect(bright.value / floor).toBeAllclose(1, 0.3);
    expect(soft.value / floor).toBeGreaterThan(3);
  });

  it("is finite for a generator that paints everything grey", async () => {
    const { value } = await judge((n) => float32([n, ...shape]));
    // Descriptors become 0, and E|<x, theta>| of normalised noise is sqrt(2 / pi) = 0.798.
    expect(value).toBeAllclose(798, 0.02);
  });
});

describe("each metric", () => {
  it("says which data it cannot judge, and what to use", async () => {
    const [points, pictures, tiny] = [context([2]), context([8, 8, 1]), context([6, 9, 1])];
    expect(swdPoints.unsuitable(points)).toBeUndefined();
    expect(swdPoints.unsuitable(pictures)).toBe(
      "it compares points, and noise has pictures; use swd-pixels2k or swd-patches2k",
    );
    expect(swdPixels.unsuitable(points)).toBe("it compares pictures, and noise has points; use swd-points2k");
    expect(swdPixels.unsuitable(pictures)).toBeUndefined();
    expect(swdPatches.unsuitable(points)).toBe("it compares pictures, and noise has points; use swd-points2k");
    expect(swdPatches.unsuitable(tiny)).toBe(
      "it cuts patches of 7x7, and the pictures of noise are smaller; use swd-pixels2k",
    );
    await expect(swdPixels.compute(points)).rejects.toThrow("[swd-pixels2k] it compares pictures");
  });

  it("gives the same number for the same seed, and its own choices follow the seed", async () => {
    const data = context([2]);
    const [first, again, other] = await Promise.all([5, 5, 6].map((seed) => swdPoints.compute({ ...data, seed })));
    expect(again).toEqual(first);
    expect(other.value).not.toBe(first.value);
    expect(other.details?.floor).not.toBe(first.details?.floor);
  });
});
