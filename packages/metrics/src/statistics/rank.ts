/** @file A ranking of variants that says which of its differences the seeds support. */
import type { Metric } from "@gan-arena/core/base";
import { differentProtocols, sameCellTwice } from "../errors.js";
import { compareCells, holm, seedsNeeded, smallestP, type Verdict } from "./permutation-test.js";
import { type Interval, summarise } from "./summary.js";

/** All results of one variant under one metric. */
export interface Cell {
  /** Names the row; cells of one variant with different configs need different names. */
  readonly variant: string;
  /** The protocol under which the scores were computed. */
  readonly protocol: string;
  /** A run that failed has the value NaN. */
  readonly scores: readonly SeedScore[];
}

export interface SeedScore {
  readonly seed: number;
  readonly value: number;
}

export interface RankingRow {
  readonly variant: string;
  /** Seeds with a finite score. */
  readonly seeds: readonly number[];
  readonly n: number;
  /** Seeds without one: these runs are not in the numbers of the row, and must be shown beside them. */
  readonly failedSeeds: readonly number[];
  /** NaN when every seed failed; so are min, max and mean. */
  readonly median: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Student's t interval of the mean; undefined below two scores. */
  readonly ci?: Interval;
  readonly better: "lower" | "higher";
  /** From 1 on by median; equal medians share a place, and the next place is skipped. */
  readonly place: number;
  /** Against the first row, after Holm's correction over all pairs; "best" in the first row. */
  readonly verdict: Verdict | "best" | "failed";
  /** Adjusted p of that comparison. */
  readonly p?: number;
  /** Against the row above, likewise; undefined in the first row and where a row has no score. */
  readonly againstAbove?: Verdict;
}

export interface Pair {
  readonly a: string;
  readonly b: string;
  /** mean(a) - mean(b) */
  readonly difference: number;
  readonly p: number;
  /** After Holm's correction over all pairs. */
  readonly adjustedP: number;
  readonly verdict: Verdict;
}

export interface Ranking {
  readonly metric: string;
  readonly protocol: string;
  readonly better: "lower" | "higher";
  readonly alpha: number;
  readonly rows: readonly RankingRow[];
  readonly pairs: readonly Pair[];
  /** Sentences that belong under the table: too few seeds, different seeds, failed runs. */
  readonly notes: readonly string[];
}

/**
 * Sorts variants by the median of their scores, best first, and tests every pair of them.
 *
 * @param alpha the chance, over all pairs together, to call a difference significant that is none
 * @throws GanError BAD_CONFIG when a cell has another protocol than the metric, or a name is there twice
 */
export function rank(
  cells: readonly Cell[],
  metric: Pick<Metric, "name" | "protocol" | "better">,
  { alpha = 0.05 }: { alpha?: number } = {},
): Ranking {
  const { name, protocol, better } = metric;
  const names = new Set<string>();
  for (const cell of cells) {
    if (cell.protocol !== protocol) throw differentProtocols(name, cell, protocol);
    if (names.has(cell.variant)) throw sameCellTwice(name, cell.variant);
    names.add(cell.variant);
  }
  const entries = cells.map((cell) => entryOf(cell)).sort((a, b) => compareMedians(a, b, better));
  const scored = entries.filter(({ values }) => values.length > 0);
  const pairs = allPairs(scored, alpha);
  const best = scored.at(0)?.variant;
  const rows = entries.map((entry, i): RankingRow => {
    const { values: _, ...fields } = entry;
    const place = 1 + entries.findIndex(({ median }) => Object.is(median, entry.median));
    if (entry.n === 0) return { ...fields, better, place, verdict: "failed" };
    if (entry.variant === best) return { ...fields, better, place, verdict: "best" };
    const toBest = pairOf(pairs, best, entry.variant);
    const above = pairOf(pairs, entries[i - 1].variant, entry.variant);
    return {
      ...fields,
      better,
      place,
      verdict: toBest?.verdict ?? "not significant",
      p: toBest?.adjustedP,
      againstAbove: above?.verdict,
    };
  });
  return { metric: name, protocol, better, alpha, rows, pairs, notes: notesOn(entries, alpha) };
}

type Entry = Omit<RankingRow, "better" | "place" | "verdict"> & { readonly values: readonly number[] };

function entryOf({ variant, scores }: Cell): Entry {
  const finished = scores.filter(({ value }) => Number.isFinite(value));
  const values = finished.map(({ value }) => value);
  const common = {
    variant,
    values,
    n: values.length,
    seeds: finished.map(({ seed }) => seed),
    failedSeeds: scores.filter(({ value }) => !Number.isFinite(value)).map(({ seed }) => seed),
  };
  if (values.length === 0) return { ...common, median: Number.NaN, mean: Number.NaN, min: Number.NaN, max: Number.NaN };
  const { median, mean, min, max, meanInterval: ci } = summarise(values);
  return { ...common, median, mean, min, max, ...(ci && { ci }) };
}

/** Best first, rows without a score last, equal medians by name. */
function compareMedians(a: Entry, b: Entry, better: "lower" | "higher"): number {
  if (a.n === 0 || b.n === 0) return b.n - a.n || a.variant.localeCompare(b.variant);
  const ascending = a.median - b.median;
  return (better === "lower" ? ascending : -ascending) || a.variant.localeCompare(b.variant);
}

function allPairs(entries: readonly Entry[], alpha: number): Pair[] {
  const tested = entries.flatMap((a, i) =>
    entries.slice(i + 1).map((b) => ({ a: a.variant, b: b.variant, ...compareCells(a.values, b.values, { alpha }) })),
  );
  const adjusted = holm(tested.map(({ p }) => p));
  return tested.map(({ a, b, difference, p }, i) => ({
    a,
    b,
    difference,
    p,
    adjustedP: adjusted[i],
    verdict: adjusted[i] <= alpha ? "significant" : "not significant",
  }));
}

const pairOf = (pairs: readonly Pair[], a: string | undefined, b: string): Pair | undefined =>
  pairs.find((pair) => pair.a === a && pair.b === b);

function notesOn(entries: readonly Entry[], alpha: number): string[] {
  const notes: string[] = [];
  const tooFew = tooFewSeeds(
    entries.filter(({ n }) => n > 0).map(({ n }) => n),
    alpha,
  );
  if (tooFew !== undefined) notes.push(tooFew);
  const seedSets = new Set(
    entries.map(({ seeds, failedSeeds }) => [...seeds, ...failedSeeds].sort((a, b) => a - b).join(",")),
  );
  if (seedSets.size > 1) notes.push("the variants were not run with the same seeds");
  for (const { variant, failedSeeds, n } of entries)
    if (failedSeeds.length > 0)
      notes.push(
        `${variant} failed with ${failedSeeds.length} of ${n + failedSeeds.length} ${n + failedSeeds.length === 1 ? "seed" : "seeds"} (${failedSeeds.join(", ")}); its numbers leave them out`,
      );
  return notes;
}

/** A sentence when, with so many scores in the cells, no pair can be significant whatever the scores are. */
function tooFewSeeds(counts: readonly number[], alpha: number): string | undefined {
  const reachable = counts.flatMap((n, i) => counts.slice(i + 1).map((m) => smallestP(n, m)));
  const pairs = reachable.length;
  const least = pairs * Math.min(...reachable);
  if (pairs === 0 || least <= alpha) return undefined;
  const list = [...new Set(counts)].sort((a, b) => a - b).join(" or ");
  return (
    `with ${list} ${list === "1" ? "seed" : "seeds"} and ${pairs} ${pairs === 1 ? "pair" : "pairs"} the smallest possible p is ${Math.min(1, least).toPrecision(2)}, ` +
    `so no difference can be significant at ${alpha}; use at least ${seedsNeeded(alpha / pairs)} seeds each`
  );
}
