/** @file A ranking as text. The sentences about it are those of the report. */
import type { Ranking } from "@gan-arena/metrics";
import { formatNumber } from "../terminal/format.js";
import { table } from "../terminal/table.js";

/** A table for people: place, variant, median, spread, interval of the mean, verdict. */
export function rankingTable({ metric, better, rows }: Ranking): string {
  const score = (value: number) => (Number.isNaN(value) ? "-" : formatNumber(value));
  const body = table(
    [
      { title: "place", align: "right", cell: ({ place, n }) => (n === 0 ? "-" : String(place)) },
      { title: "variant", cell: ({ variant }) => variant },
      { title: "median", align: "right", cell: ({ median }) => score(median) },
      { title: "min", align: "right", cell: ({ min }) => score(min) },
      { title: "max", align: "right", cell: ({ max }) => score(max) },
      { title: "95% of mean", cell: ({ ci }) => (ci ? `${formatNumber(ci.low)} to ${formatNumber(ci.high)}` : "-") },
      {
        title: "seeds",
        align: "right",
        cell: ({ n, failedSeeds }) => (failedSeeds.length > 0 ? `${n} of ${n + failedSeeds.length}` : String(n)),
      },
      {
        title: "against the best",
        cell: ({ verdict, p }) => (p === undefined ? verdict : `${verdict} (p = ${p.toPrecision(2)})`),
      },
    ],
    rows,
  );
  return `${metric} (${better} is better)\n${body}`;
}

/** Notes of all rankings, each said once. */
export const notesOf = (rankings: readonly Ranking[]): string[] => [...new Set(rankings.flatMap(({ notes }) => notes))];
