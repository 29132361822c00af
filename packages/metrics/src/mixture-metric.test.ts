import type { DataSource, HostTensor, MetricContext, MixtureTruth } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import { highQuality, massWithin } from "./high-quality.js";
import { countModes, SAMPLES } from "./mixture-metric.js";
import { modes } from "./modes.js";
import { reverseKl } from "./reverse-kl.js";

const truth: MixtureTruth = {
  kind: "mixture",
  centres: [
    [0, 0],
    [10, 0],
    [0, 10],
    [10, 10],
  ],
  std: 1,
};
const source: DataSource = {
  spec: { name: "square", fields: { x: { shape: [2], dtype: "float32" } }, points: { dim: 2 }, size: Infinity },
  batch: () => ({}),
  fingerprint: "0",
};
/** A generator whose sample i is `at(i)`. */
const context = (at: (i: number) => readonly [number, number], given: Partial<MetricContext> = {}): MetricContext => ({
  seed: 0,
  train: source,
  test: source,
  truth,
  generate: async (n): Promise<HostTensor> => ({
    shape: [n, 2],
    dtype: "float32",
    data: Float32Array.from(Array.from({ length: n }, (_, i) => at(i)).flat()),
  }),
  ...given,
});

describe("countModes", () => {
  it("takes the nearest centre, and 3 std as the limit: (3,0) is in, (3.01,0) and (6,0) are out", () => {
    const values = Float32Array.of(3, 0, 3.01, 0, 6, 0, 10, 9, 9, 10);
    expect(countModes({ count: 5, dim: 2, values }, truth)).toEqual({
      nearest: [2, 1, 0, 2],
      highQuality: [1, 0, 0, 2],
    });
  });
});

describe("modes2500", () => {
  it("counts modes with a high-quality sample: one far sample near mode 3 does not count", async () => {
    const result = await modes.compute(context((i) => (i === 0 ? [10, 14] : i % 2 === 0 ? [0, 1] : [10, -1])));
    expect(result).toEqual({
      value: 2,
      samples: 2500,
      split: "none",
      details: { modes: 4, countsPerMode: [1249, 1250, 0, 0] },
    });
  });
});

describe("hq2500", () => {
  it("is 1/5 when every fifth sample lies on a mode", async () => {
    const { value, details } = await highQuality.compute(context((i) => (i % 5 === 0 ? [0, 0] : [5, 5])));
    expect(value).toBeAllclose(0.2, 1e-12);
    expect(details?.perfect).toBeAllclose(1 - Math.exp(-4.5), 1e-12); // two dimensions
  });

  it("knows what perfect is in 1 to 5 dimensions", () => {
    // [scipy.stats.chi2.cdf(9, d) for d in (1, 2, 3, 4, 5)]
    const masses = [0.9973002039367398, 0.9888910034617577, 0.9707091134651118, 0.9389005190396673, 0.8909358420502275];
    // simple-statistics has the error function to 1.2e-7
    expect([1, 2, 3, 4, 5].map((dim) => massWithin(3, dim))).toBeAllclose(masses, 0, 2e-7);
  });
});

describe("reverse-kl2500", () => {
  it("is log 4 when one of 4 modes gets everything, log 2 when two share, 0 when all do", async () => {
    const two = [truth.centres[0], truth.centres[3]] as [number, number][];
    const values = [
      await reverseKl.compute(context(() => [4, 4])), // far off, and counted all the same
      await reverseKl.compute(context((i) => two[i % 2])),
      await reverseKl.compute(context((i) => truth.centres[i % 4] as [number, number])),
    ].map(({ value }) => value);
    expect(values).toBeAllclose([Math.log(4), Math.log(2), 0], 1e-12, 1e-12);
  });

  it("of shares 1/2 1/4 1/4 0 is log 4 - 3/2 log 2, with floor 3/5000", async () => {
    const pick = [0, 0, 1, 2];
    const { value, details } = await reverseKl.compute(context((i) => truth.centres[pick[i % 4]] as [number, number]));
    expect(value).toBeAllclose(Math.log(4) - 1.5 * Math.log(2), 1e-12);
    expect(details).toEqual({ floor: 3 / 5000, countsPerMode: [1250, 625, 625, 0] });
  });
});

describe.each([modes, highQuality, reverseKl])("$name", (metric) => {
  it("says why it cannot judge data without known modes, and throws the same", async () => {
    const unknown = context(() => [0, 0], { truth: undefined });
    const reason = "it counts modes, and the modes of square are not known; use it with ring or grid";
    expect(metric.unsuitable(unknown)).toBe(reason);
    expect(metric.unsuitable(context(() => [0, 0]))).toBeUndefined();
    await expect(metric.compute(unknown)).rejects.toThrow(`[${metric.name}] ${reason}`);
  });

  it("gives no score to a generator that has diverged", async () => {
    const broken = context((i) => (i === 7 ? [0, Number.NaN] : [0, 0]));
    await expect(metric.compute(broken)).rejects.toMatchObject({
      code: "NOT_FINITE",
      message: `[${metric.name}] generated samples must be finite, got NaN at index 15; the generator has diverged, so there is no score`,
    });
  });

  it("asks for 2,500 samples like x, and says so in its name and protocol", async () => {
    expect(metric.name).toContain(String(SAMPLES));
    expect(metric.protocol).toContain("2500 generated samples");
    const flat = context(() => [0, 0], {
      generate: async (n) => ({ shape: [n, 2, 1], dtype: "float32", data: new Float32Array(2 * n) }),
    });
    await expect(metric.compute(flat)).rejects.toThrow(
      `[${metric.name}] generated samples must be [2500,2], got [2500,2,1]; the first view of the variant must render samples like x`,
    );
  });
});
