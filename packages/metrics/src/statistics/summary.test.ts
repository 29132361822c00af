import { describe, expect, it } from "vitest";
import { twoSidedT } from "./student-t.js";
import { summarise } from "./summary.js";

describe("twoSidedT", () => {
  it("agrees with scipy for odd and even degrees of freedom", () => {
    // [scipy.stats.t.ppf(0.5 + level / 2, nu) for level, nu in ...]
    const given = [
      [0.95, 1, 12.706204736174694],
      [0.95, 2, 4.302652729749462],
      [0.95, 3, 3.1824463052837078],
      [0.95, 4, 2.7764451051977934],
      [0.99, 9, 3.249835541592126],
      [0.9, 30, 1.697260886593957],
    ];
    expect(given.map(([level, nu]) => twoSidedT(level, nu))).toBeAllclose(
      given.map(([, , t]) => t),
      1e-10,
    );
  });
});

describe("summarise", () => {
  it("agrees with numpy and scipy on five scores", () => {
    // x = [0.31, 0.42, 0.39, 0.55, 0.47]; np.std(x, ddof=1); np.percentile(x, [25, 75])
    // scipy.stats.t.interval(0.95, 4, loc=np.mean(x), scale=scipy.stats.sem(x))
    const { n, median, mean, min, max, std, iqr, meanInterval, medianInterval } = summarise([
      0.31, 0.42, 0.39, 0.55, 0.47,
    ]);
    expect([n, median, mean, min, max]).toBeAllclose([5, 0.42, 0.428, 0.31, 0.55], 1e-12);
    expect([std as number, iqr]).toBeAllclose([0.08955445270895246, 0.08], 1e-10);
    expect(meanInterval).toMatchObject({ of: "mean", level: 0.95 });
    expect([meanInterval?.low ?? 0, meanInterval?.high ?? 0]).toBeAllclose(
      [0.3168034601924522, 0.5391965398075479],
      1e-10,
    );
    expect(medianInterval).toBeUndefined(); // lowest to highest of 5 covers 1 - 2 / 32 = 0.9375
  });

  it("has an interval for the median from 6 scores on; with 9 it is the 2nd to the 8th at 0.9609", () => {
    // 1 - 2 * scipy.stats.binom.cdf(k - 1, n, 0.5)
    expect(summarise([3, 1, 2, 6, 5, 4]).medianInterval).toEqual({ of: "median", level: 0.96875, low: 1, high: 6 });
    const nine = summarise([9, 8, 7, 6, 5, 4, 3, 2, 1]).medianInterval;
    expect(nine).toEqual({ of: "median", level: 0.9609375, low: 2, high: 8 });
    const twenty = summarise(Array.from({ length: 20 }, (_, i) => i + 1)).medianInterval;
    expect(twenty).toMatchObject({ low: 6, high: 15 });
    expect(twenty?.level).toBeAllclose(0.9586105346679688, 1e-12);
  });

  it("has no spread for one score, and nothing for none", () => {
    expect(summarise([2])).toEqual({ n: 1, median: 2, mean: 2, min: 2, max: 2, iqr: 0 });
    expect(() => summarise([])).toThrow("[summarise] at least one finite score is needed, got none");
    expect(() => summarise([1, Number.NaN])).toThrow("finite score");
    expect(() => summarise([1, 2], 1)).toThrow("the confidence level must lie between 0 and 1, got 1");
  });

  it("leaves the given list as it is", () => {
    const scores = [3, 1, 2];
    summarise(scores);
    expect(scores).toEqual([3, 1, 2]);
  });
});
