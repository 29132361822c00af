/** @file The report of a sweep holds what it is given, escapes it, and loads nothing. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SweepReportInput, SweepTrial } from "./input.js";
import { renderSweepReport } from "./render-sweep-report.js";
import { numberScale, scaleOf } from "./scale.js";

const trial = (number: number, value: number, more: Partial<SweepTrial> = {}): SweepTrial => ({
  number,
  state: "complete",
  params: { lr: 10 ** -(number + 1), loss: number % 2 ? "hinge" : "wasserstein" },
  values: [value],
  seedValues: [value - 0.5, value + 0.5],
  reports: [
    [1, value + 2],
    [2, value],
  ],
  seconds: 61,
  ...more,
});

const input: SweepReportInput = {
  title: "gan on ring",
  sweepId: "20261124-sweep-x",
  method: "random",
  dataset: "ring",
  budget: "2 kimg per run",
  generatedAt: "2026-11-24T10:00:00.000Z",
  objectives: [{ name: "swd", goal: "minimize" }],
  parameters: [
    { path: "lr", log: true },
    { path: "loss", log: false },
  ],
  trials: [
    trial(0, 3),
    trial(1, 1),
    trial(2, 2),
    trial(3, 9, { state: "pruned" }),
    trial(4, 0, { state: "failed", values: [], message: "<NaN>" }),
  ],
  ranking: [1, 2, 0],
  importance: [
    { path: "loss", value: 0.25 },
    { path: "lr", value: 0.7 },
  ],
  bestCommand: "gan-arena train gan --set lr=0.01",
  notes: [],
};

const count = (page: string, pattern: RegExp): number => [...page.matchAll(pattern)].length;

describe("the page", () => {
  const page = renderSweepReport(input);

  test("loads nothing and runs nothing, and its policy allows exactly its style", () => {
    expect(page).not.toMatch(/<script|\bsrc=|<link|https?:\/\/(?!www\.w3\.org)/u);
    const style = /<style>(.*?)<\/style>/su.exec(page)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(page).toContain(`style-src &#39;sha256-${hash}&#39;`);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  test("ranks: the order, the median and the spread over seeds", () => {
    const rows = [...page.matchAll(/<tr class="(?:best)?">(.*?)<\/tr>/gsu)].map(([, row = ""]) =>
      [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gsu)].map(([, cell]) => cell),
    );
    expect(rows).toEqual([
      ["1", "1", "1", "0.5 – 1.5", "1 min 01 s", "0.01", "hinge"],
      ["2", "2", "2", "1.5 – 2.5", "1 min 01 s", "0.001", "wasserstein"],
      ["3", "0", "3", "2.5 – 3.5", "1 min 01 s", "0.1", "wasserstein"],
    ]);
    expect(page).toContain("<pre>gan-arena train gan --set lr=0.01</pre>");
  });

  test("draws each judged trial once in the history and once in each slice, and the failed one not at all", () => {
    // 4 trials with a value, in the history and in two slices.
    expect(count(page, /<circle\s+class="trial/gu)).toBe(12);
    expect(count(page, /<circle\s+class="trial pruned"/gu)).toBe(3);
    expect(page).toContain("trial 4: &lt;NaN&gt;");
    // 4 learning curves, and 3 lines through the parallel axes.
    expect(count(page, /<path class="curve"/gu)).toBe(7);
  });

  test("the line of the best so far goes down at trial 1 and stays: 3, 1, 1", () => {
    const [, drawn = ""] = /<path class="best-line" d="([^"]+)"/u.exec(page) ?? [];
    const heights = [...drawn.matchAll(/[ML][\d.]+ ([\d.]+)/gu)].map(([, y]) => Number(y));
    // Values from 1 to 9 over 210 pixels from 10 down: 3 is at 10 + 210 * (1 - 2/8) = 167.5, 1 at 220.
    expect(heights).toEqual([167.5, 167.5, 220, 220, 220]);
  });

  test("no path is broken by a number that is none", () =>
    expect(page).not.toMatch(/d="[^"]*(?:NaN|Infinity|undefined)/u));
});

test("text from outside is escaped everywhere", () => {
  const evil = '"><script>alert(1)</script>';
  const page = renderSweepReport({
    ...input,
    title: evil,
    objectives: [{ name: evil, goal: "minimize" }],
    parameters: [{ path: evil, log: false }],
    trials: [
      trial(0, 1, { params: { [evil]: evil } }),
      trial(1, 2, { params: { [evil]: evil }, state: "failed", message: evil }),
    ],
    ranking: [0],
    importance: [{ path: evil, value: 1 }],
    notes: [evil],
    bestCommand: evil,
  });
  expect(page).not.toContain("<script>");
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

test("with two objectives the front is drawn and named; with no complete trial the page says so", () => {
  const two = renderSweepReport({
    ...input,
    objectives: [...input.objectives, { name: "seconds", goal: "minimize" }],
    trials: [trial(0, 1, { values: [1, 5] }), trial(1, 2, { values: [2, 3] }), trial(2, 3, { values: [3, 9] })],
    ranking: [0, 1],
  });
  expect(two).toContain("swd against seconds; 2 trials are on the front");
  expect(renderSweepReport({ ...input, trials: [], ranking: [], importance: [] })).toContain(
    "No trial is complete yet.",
  );
});

test("ten thousand trials make a page of a few megabytes", () => {
  const trials = Array.from({ length: 10_000 }, (_, i) => trial(i % 9, 1 + (i % 97), { number: i }));
  const page = renderSweepReport({ ...input, trials, ranking: trials.map(({ number }) => number) });
  expect(page.length).toBeLessThan(4_000_000);
  expect(count(page, /<circle\s+class="trial/gu)).toBeGreaterThan(3000);
});

describe("scales", () => {
  test("a logarithm: 0.01 lies halfway between 0.001 and 0.1, ticks are powers of ten", () => {
    const scale = numberScale([0.001, 0.1], true);
    expect(scale.at(0.01)).toBeCloseTo(0.5, 12);
    expect(scale.ticks.map(({ label }) => label)).toEqual(["0.001", "0.01", "0.1"]);
  });
  test("a logarithm of one decade, 0.0002 to 0.002: ticks are 1, 2 and 5 of each power of ten", () =>
    expect(numberScale([0.00018, 0.0024], true).ticks.map(({ label }) => label)).toEqual([
      "0.0002",
      "0.0005",
      "0.001",
      "0.002",
    ]));
  test("a logarithm of less, 3 to 4: its ends", () =>
    expect(numberScale([3, 4], true).ticks.map(({ label }) => label)).toEqual(["3", "4"]));
  test("no logarithm of zero, round ticks: 0 to 7 has 0, 2, 4, 6", () => {
    expect(numberScale([0, 7], true).ticks.map(({ label }) => label)).toEqual(["0", "2", "4", "6"]);
  });
  test("one value lies in the middle; what is no number has no place", () => {
    const scale = numberScale([5, 5], false);
    expect([scale.at(5), scale.at(Number.NaN), scale.at("5")]).toEqual([0.5, undefined, undefined]);
  });
  test("choices, also mixed with numbers, in order of name", () => {
    const scale = scaleOf([10, "a", 9, true, undefined], false);
    expect(scale.ticks.map(({ label }) => label)).toEqual(["9", "10", "a", "true"]);
    // The third of four, in the middle of its quarter.
    expect(scale.at("a")).toBeCloseTo(5 / 8, 12);
  });
});
