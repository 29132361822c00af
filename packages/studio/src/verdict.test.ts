import { describe, expect, it } from "vitest";
import type { ReportRanking, ReportRankingRow } from "./input.js";
import { verdictOf } from "./verdict.js";

const row = (variant: string, median: number, changes: Partial<ReportRankingRow> = {}): ReportRankingRow => ({
  variant,
  n: 5,
  failedSeeds: [],
  median,
  min: median,
  max: median,
  place: 1,
  verdict: "best",
  ...changes,
});
const ranking = (...rows: ReportRankingRow[]): ReportRanking => ({
  metric: "swd2k",
  protocol: "p",
  better: "lower",
  rows,
  notes: [],
});

describe("verdictOf", () => {
  it("says by how much and that it is significant: 0.03 against 0.05 is 40 % less", () => {
    expect(verdictOf(ranking(row("a", 0.03), row("b", 0.05, { verdict: "significant", p: 0.008 })))).toEqual({
      kind: "clear",
      text: "a is ahead under swd2k: median 0.03 against 0.05 of b (40 % less). The difference is significant (p = 0.008).",
    });
  });
  it("gives the largest p when several are beaten", () => {
    const { kind, text } = verdictOf(
      ranking(
        row("a", 3),
        row("b", 2, { verdict: "significant", p: 0.01 }),
        row("c", 1, { verdict: "significant", p: 0.04 }),
      ),
    );
    expect(kind).toBe("clear");
    expect(text).toContain("(50 % more). The differences from all others are significant (p = 0.04 at most).");
  });
  it("never calls a lead significant that the seeds do not support", () => {
    const open = { verdict: "not significant", p: 1 / 3 } as const;
    expect(verdictOf(ranking(row("a", 1), row("b", 1.25, open)))).toEqual({
      kind: "open",
      text: "a is ahead under swd2k: median 1 against 1.25 of b (20 % less). The difference from b (p = 0.33) is not significant.",
    });
    const partial = verdictOf(
      ranking(row("a", -1), row("b", 1, open), row("c", 2, { verdict: "significant", p: 0.01 })),
    );
    expect(partial.kind).toBe("partial");
    expect(partial.text).toBe(
      "a is ahead under swd2k: median -1 against 1 of b. " +
        "The difference from c (p = 0.01) is significant, that from b (p = 0.33) is not significant.",
    );
    expect(verdictOf(ranking(row("a", 2), row("b", 2, open), row("c", 3, open))).text).toBe(
      "a and b share the lead under swd2k: median 2. " +
        "The difference from b (p = 0.33) and c (p = 0.33) is not significant.",
    );
  });
  it("has nothing to compare with one score or none", () => {
    const failed = row("b", Number.NaN, { n: 0, failedSeeds: [0], verdict: "failed" });
    expect(verdictOf(ranking(row("a", 1, { n: 1 }), failed))).toEqual({
      kind: "none",
      text: "a has 1 under swd2k, the median of 1 seed; there is no other score to compare it with.",
    });
    expect(verdictOf(ranking(failed)).text).toBe("No run has a score under swd2k.");
  });
});
