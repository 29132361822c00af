/** @file What a report is made of: plain data. Rankings have the shape that `rank()` of the metrics package gives. */
import type { LoggedNumber, RunStatus } from "@gan-arena/core/base";

/** A PNG as `data:image/png;base64,…`; {@link pngDataUri} makes one. */
export type PngDataUri = string;

export type Points = readonly (readonly [kimg: number, seconds: number, value: number])[];

export interface ReportCurve {
  /** A metric's name, or a term's such as `D/penalty`, `score/real`. */
  readonly name: string;
  readonly kind: "metric" | "term" | "health";
  /** In order of kimg; values that are not finite are gaps. */
  readonly points: Points;
}

export interface ReportImage {
  readonly kimg: number;
  readonly png: PngDataUri;
}

/** One run: a variant with a seed. */
export interface ReportCell {
  readonly variant: string;
  readonly seed: number;
  readonly runId: string;
  readonly status: RunStatus;
  /** Why it is not finished, in one sentence. */
  readonly message?: string;
  readonly kimg: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
  /** Final scores by metric. */
  readonly metrics: Readonly<Record<string, LoggedNumber | number>>;
  readonly curves: readonly ReportCurve[];
  /** Samples at the end; default: the last of `imageHistory`. */
  readonly finalImage?: PngDataUri;
  /** Samples of the same latents over time, in order of kimg. */
  readonly imageHistory: readonly ReportImage[];
}

/** One variant under one metric. */
export interface ReportRankingRow {
  readonly variant: string;
  /** Seeds with a finite score. */
  readonly n: number;
  readonly failedSeeds: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly ci?: { readonly of: "mean" | "median"; readonly level: number; readonly low: number; readonly high: number };
  readonly place: number;
  /** Against the best row. */
  readonly verdict: "best" | "significant" | "not significant" | "failed";
  /** Adjusted p of that comparison. */
  readonly p?: number;
}

export interface ReportRanking {
  readonly metric: string;
  readonly protocol: string;
  readonly better: "lower" | "higher";
  /** Best first. */
  readonly rows: readonly ReportRankingRow[];
  /** Sentences that belong under the table. */
  readonly notes: readonly string[];
}

export interface ReportInput {
  readonly title: string;
  readonly dataset: string;
  /** For example `50 kimg per run`. */
  readonly budget: string;
  readonly machine: Readonly<Record<string, string | number>>;
  /** ISO 8601. */
  readonly generatedAt: string;
  /** In the order in which variants are shown. */
  readonly cells: readonly ReportCell[];
  readonly rankings: readonly ReportRanking[];
  /** Real samples, laid out like the generated ones. */
  readonly realSamples?: PngDataUri;
  /** The command that makes this comparison again. */
  readonly command?: string;
  /** Sentences about the comparison as a whole: deviations, caveats. */
  readonly notes?: readonly string[];
}

export const pngDataUri = (bytes: Uint8Array): PngDataUri =>
  `data:image/png;base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")}`;
