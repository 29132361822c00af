import { describe, expect, it } from "vitest";
import { type Cell, rank } from "./rank.js";

const metric = { name: "swd-points2k", protocol: "p", better: "lower" } as const;
const cell = (variant: string, values: readonly number[], given: Partial<Cell> = {}): Cell => ({
  variant,
  protocol: "p",
  scores: values.map((value, seed) => ({ seed, value })),
  ...given,
});
const placesOf = (ranking: ReturnType<typeof rank>) => ranking.rows.map(({ variant, place }) => [variant, place]);

describe("rank", () => {
  const good = cell("good", [1, 2, 3, 4, 5]);
  const same = cell("same", [1.5, 2.5, 3.5, 4.5, 5.5]);
  const bad = cell("bad", [11, 12, 13, 14, 15]);

  it("sorts by median, best first, and tests against the best and against the row above", () => {
    const { rows, notes } = rank([bad, same, good], metric);
    expect(
      rows.map(({ variant, place, median, verdict, againstAbove }) => [variant, place, median, verdict, againstAbove]),
    ).toEqual([
      ["good", 1, 3, "best", undefined],
      ["same", 2, 3.5, "not significant", "not significant"],
      ["bad", 3, 13, "significant", "significant"],
    ]);
    // 5 against 5 that do not overlap: 2 / 252, the smallest of 3 pairs, so times 3
    expect(rows[2].p).toBeAllclose((3 * 2) / 252, 1e-12);
    expect(rows[0]).toMatchObject({ n: 5, seeds: [0, 1, 2, 3, 4], min: 1, max: 5, failedSeeds: [] });
    // mean 3, s = sqrt(2.5), t = 2.7764: 3 -+ 1.9632
    expect([rows[0].ci?.low ?? 0, rows[0].ci?.high ?? 0]).toBeAllclose([1.036757, 4.963243], 1e-5);
    expect(notes).toEqual([]);
  });

  it("tells the row above from the best: worse is no different from bad, and both are from good", () => {
    const { rows } = rank([good, bad, cell("worse", [12.5, 13.5, 14.5, 15.5, 16.5])], metric);
    expect(rows[2]).toMatchObject({ variant: "worse", verdict: "significant", againstAbove: "not significant" });
  });

  it("turns around when higher is better", () => {
    const ranking = rank([bad, good], { ...metric, better: "higher" });
    expect(placesOf(ranking)).toEqual([
      ["bad", 1],
      ["good", 2],
    ]);
    expect(ranking.rows[0].better).toBe("higher");
  });

  it("lets equal medians share a place and skips the next", () => {
    const ranking = rank([cell("c", [4, 4]), cell("b", [2, 2]), cell("a", [1, 3])], metric);
    expect(placesOf(ranking)).toEqual([
      ["a", 1],
      ["b", 1],
      ["c", 3],
    ]);
  });

  it("corrects over all pairs: with 3 variants 2/70 is not enough, with 2 it is", () => {
    const [a, b, c] = [cell("a", [1, 2, 3, 4]), cell("b", [5, 6, 7, 8]), cell("c", [50, 60, 70, 80])];
    expect(rank([a, b], metric).rows[1].verdict).toBe("significant");
    const three = rank([a, b, c], metric);
    expect(three.rows.map(({ verdict }) => verdict)).toEqual(["best", "not significant", "not significant"]);
    expect(three.pairs.map(({ adjustedP }) => adjustedP)).toBeAllclose([6 / 70, 6 / 70, 6 / 70], 1e-12);
    expect(three.notes).toEqual([
      "with 4 seeds and 3 pairs the smallest possible p is 0.086, so no difference can be significant at 0.05; use at least 5 seeds each",
    ]);
  });

  it("refuses results of another protocol, and says whose", () => {
    const other = cell("other", [1], { protocol: "q" });
    expect(() => rank([good, other], metric)).toThrow(
      '[rank swd-points2k] all results must have the protocol "p", got "q" for other; compute that metric again',
    );
    expect(() => rank([good, good], metric)).toThrow("each variant must be there once, got good twice");
  });

  it("leaves failed runs out of the numbers but not out of sight", () => {
    const { rows, notes } = rank(
      [cell("gone", [Number.NaN, Number.NaN]), cell("half", [Number.NaN, 2]), cell("whole", [3, 4])],
      metric,
    );
    expect(rows.map(({ variant, n, failedSeeds, verdict }) => [variant, n, failedSeeds, verdict])).toEqual([
      ["half", 1, [0], "best"],
      ["whole", 2, [], "not significant"],
      ["gone", 0, [0, 1], "failed"],
    ]);
    expect(rows[2]).toMatchObject({ place: 3, median: Number.NaN });
    expect(notes).toContain("half failed with 1 of 2 seeds (0); its numbers leave them out");
    expect(notes).toContain("gone failed with 2 of 2 seeds (0, 1); its numbers leave them out");
  });

  it("notes when variants were run with different seeds", () => {
    const shifted = cell("shifted", [], { scores: [0, 1, 2, 3, 5].map((seed) => ({ seed, value: seed })) });
    expect(rank([good, shifted], metric).notes).toEqual(["the variants were not run with the same seeds"]);
    expect(rank([good], metric).rows).toMatchObject([{ variant: "good", place: 1, verdict: "best" }]);
    expect(rank([], metric).rows).toEqual([]);
  });
});
