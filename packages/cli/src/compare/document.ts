/** @file The JSON document of a comparison. */
import type { RunStatus } from "@gan-arena/core/base";
import type { Ranking } from "@gan-arena/metrics";
import type { ComparisonSpec } from "@gan-arena/tracking";
import { scoresOf, type CellResult } from "./results.js";
import { notesOf } from "./ranking-text.js";

export interface CellDocument {
  readonly variant: string;
  readonly seed: number;
  readonly status: RunStatus | "waiting";
  readonly kimg: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly runId: string | null;
  readonly message?: string;
}

/** One row a metric and variant; numbers that are not finite are null, for JSON has none. */
export interface RankingDocument {
  readonly metric: string;
  readonly protocol: string;
  readonly better: "lower" | "higher";
  readonly place: number;
  readonly variant: string;
  readonly median: number | null;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly ci: { readonly low: number; readonly high: number; readonly level: number } | null;
  readonly seeds: readonly number[];
  readonly failedSeeds: readonly number[];
  readonly verdict: string;
  readonly p: number | null;
}

export interface ComparisonDocument {
  readonly comparison: string;
  readonly dataset: string;
  readonly budget: { readonly kimg: number };
  readonly cells: readonly CellDocument[];
  readonly ranking: readonly RankingDocument[];
  readonly verdicts: readonly string[];
  readonly notes: readonly string[];
  readonly report: string | null;
  readonly picture: string | null;
}

export interface Conclusion {
  readonly spec: ComparisonSpec;
  readonly cells: readonly CellResult[];
  readonly rankings: readonly Ranking[];
  /** One sentence for each ranking: who is best, by how much, and whether the seeds support it. */
  readonly verdicts: readonly string[];
  /** Absolute paths. */
  readonly report?: string;
  readonly picture?: string;
}

export const documentOf = ({ spec, cells, rankings, verdicts, report, picture }: Conclusion): ComparisonDocument => ({
  comparison: spec.comparisonId,
  dataset: spec.dataset,
  budget: { kimg: spec.kimg },
  cells: cells.map(cellDocument),
  ranking: rankings.flatMap(rankingDocument),
  verdicts,
  notes: notesOf(rankings),
  report: report ?? null,
  picture: picture ?? null,
});

export const cellDocument = (cell: CellResult): CellDocument => ({
  variant: cell.variant,
  seed: cell.seed,
  status: cell.status,
  kimg: cell.summary?.kimg ?? 0,
  gradientEvaluations: cell.summary?.gradientEvaluations ?? 0,
  seconds: cell.summary?.seconds ?? 0,
  metrics: scoresOf(cell),
  runId: cell.run?.id ?? null,
  ...(cell.message === undefined ? {} : { message: cell.message }),
});

const rankingDocument = ({ metric, protocol, better, rows }: Ranking): RankingDocument[] =>
  rows.map((row) => ({
    metric,
    protocol,
    better,
    place: row.place,
    variant: row.variant,
    median: finite(row.median),
    mean: finite(row.mean),
    min: finite(row.min),
    max: finite(row.max),
    ci: row.ci ? { low: row.ci.low, high: row.ci.high, level: row.ci.level } : null,
    seeds: row.seeds,
    failedSeeds: row.failedSeeds,
    verdict: row.verdict,
    p: row.p ?? null,
  }));

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
