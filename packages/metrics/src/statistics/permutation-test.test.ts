import { describe, expect, it } from "vitest";
import { binomial, compareCells, holm, seedsNeeded, smallestP } from "./permutation-test.js";

describe("compareCells", () => {
  it("of 1 2 against 3 4 has p = 2/6, and says that two seeds can never be enough", () => {
    const result = compareCells([1, 2], [3, 4]);
    expect(result).toMatchObject({ difference: -2, splits: 6, exact: true, verdict: "not significant" });
    expect([result.p, result.smallestP]).toBeAllclose([1 / 3, 1 / 3], 1e-12);
    expect(result.note).toBe(
      "with 2 and 2 seeds the smallest possible p is 0.33, so no difference can be significant at 0.05; use at least 4 seeds each",
    );
  });

  it("agrees with scipy on equal and unequal sizes and with ties", () => {
    // f = lambda x, y, axis: np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis))
    // scipy.stats.permutation_test((a, b), f, vectorized=True, n_resamples=np.inf, alternative="greater").pvalue
    const cases: [number[], number[], number][] = [
      [[0.31, 0.42, 0.39, 0.55], [0.61, 0.48, 0.72, 0.66, 0.58], 0.031746031746031744],
      [[12.1, 11.4, 13.0, 12.2], [13.1, 13.9, 12.8, 14.0], 0.05714285714285714],
      [[1, 2, 2, 3], [2, 3, 3], 0.37142857142857144],
    ];
    for (const [a, b, p] of cases) {
      expect(compareCells(a, b).p).toBeAllclose(p, 1e-12);
      expect(compareCells(b, a).p).toBeAllclose(p, 1e-12);
    }
  });

  it("calls four seeds that do not overlap significant: p = 2/70", () => {
    const { p, verdict, note } = compareCells([1, 2, 3, 4], [5, 6, 7, 8]);
    expect(p).toBeAllclose(2 / 70, 1e-12);
    expect({ verdict, note }).toEqual({ verdict: "significant", note: undefined });
    expect(compareCells([1, 2, 3, 4], [5, 6, 7, 8], { alpha: 0.02 }).verdict).toBe("not significant");
  });

  it("has p = 1 for equal scores, however they are summed", () => {
    expect(compareCells([0.1, 0.2, 0.3], [0.3, 0.1, 0.2]).p).toBe(1);
    expect(compareCells([5], [5]).p).toBe(1);
  });

  it("does not depend on the scale of the scores", () => {
    const [a, b] = [
      [1, 4, 2, 6],
      [5, 3, 7, 8],
    ];
    const scaled = (scores: number[]) => scores.map((score) => 1e9 + 1e-3 * score);
    expect(compareCells(scaled(a), scaled(b)).p).toBe(compareCells(a, b).p);
  });

  it("draws splits when there are too many, near the exact p and always the same", () => {
    const [a, b] = [
      [0.31, 0.42, 0.39, 0.55],
      [0.61, 0.48, 0.72, 0.66, 0.58],
    ];
    const sampled = compareCells(a, b, { maxSplits: 100 });
    expect(sampled).toMatchObject({ exact: false, splits: 20_000, smallestP: 1 / 20_001 });
    expect(sampled.p).toBeAllclose(0.031746, 0, 0.005); // four standard errors sqrt(0.0317 * 0.968 / 20,000)
    expect(compareCells(a, b, { maxSplits: 100 }).p).toBe(sampled.p);
  });

  it("counts the observed split among the drawn ones, so that p is never 0", () => {
    const low = Array.from({ length: 12 }, (_, i) => i);
    const { p, verdict } = compareCells(
      low,
      low.map((score) => score + 100),
    ); // 2 of C(24, 12) = 2,704,156 splits
    expect(p).toBe(1 / 20_001);
    expect(verdict).toBe("significant");
  });

  it("refuses empty cells, scores that are not finite, and an alpha that is none", () => {
    expect(() => compareCells([], [1])).toThrow("[compare] at least one finite score is needed");
    expect(() => compareCells([1], [Infinity])).toThrow("finite score");
    expect(() => compareCells([1], [2], { alpha: 5 })).toThrow("[compare] alpha must lie between 0 and 1, got 5");
  });
});

describe("holm", () => {
  it("multiplies the smallest by 3, the next by 2, the last by 1, and never falls: 0.03 0.06 0.06", () => {
    expect(holm([0.01, 0.04, 0.03])).toBeAllclose([0.03, 0.06, 0.06], 1e-12);
  });

  it("stays at 1, and leaves a single p as it is", () => {
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([])).toEqual([]);
  });
});

describe("counting", () => {
  it("knows binomials and the smallest p", () => {
    expect([binomial(4, 2), binomial(10, 5), binomial(9, 4), binomial(5, 0), binomial(40, 20)]).toEqual([
      6, 252, 126, 1, 137846528820,
    ]);
    expect([smallestP(3, 3), smallestP(4, 4), smallestP(4, 5)]).toBeAllclose([0.1, 2 / 70, 1 / 126], 1e-12);
  });

  it("needs 4 seeds each for 0.05, 5 for 0.05 / 3", () => {
    expect([seedsNeeded(0.05), seedsNeeded(0.05 / 3)]).toEqual([4, 5]);
  });
});
