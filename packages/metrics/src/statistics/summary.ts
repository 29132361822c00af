/** @file What a handful of seeds says about one variant: middle, spread, and how sure the middle is. */
import { interquartileRange, max, mean, median, min, sampleStandardDeviation } from "simple-statistics";
import { badLevel, noScores } from "../errors.js";
import { twoSidedT } from "./student-t.js";

/** Covers the true value in this share of repetitions, if its assumption holds. */
export interface Interval {
  readonly of: "mean" | "median";
  /** Nominal for the mean, exact for the median. */
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Third quartile minus first, quartiles interpolated linearly. */
  readonly iqr: number;
  /** Sample standard deviation (n - 1); undefined for one score. */
  readonly std?: number;
  /** Student's t; undefined for one score. */
  readonly meanInterval?: Interval;
  /** From order statistics; undefined when the scores are too few for the level, fewer than 6 for 0.95. */
  readonly medianInterval?: Interval;
}

/**
 * @param scores one per seed, all finite, at least one
 * @param level of the confidence intervals
 * @throws GanError BAD_CONFIG without scores, with a score that is not finite, or with a level outside (0,1)
 * @example summarise([1, 2, 6]) // median 2, mean 3, meanInterval 3 +- 4.3027 * sqrt(7) / sqrt(3)
 */
export function summarise(scores: readonly number[], level = 0.95): Summary {
  if (scores.length === 0 || !scores.every(Number.isFinite)) throw noScores("summarise");
  if (!(level > 0 && level < 1)) throw badLevel("summarise", "the confidence level", level);
  const values = [...scores];
  return {
    n: values.length,
    median: median(values),
    mean: mean(values),
    min: min(values),
    max: max(values),
    iqr: interquartileRange(values),
    std: values.length > 1 ? sampleStandardDeviation(values) : undefined,
    meanInterval: values.length > 1 ? meanInterval(values, level) : undefined,
    medianInterval: medianInterval(values, level),
  };
}

/** mean +- t * s / sqrt(n); assumes that scores are about normal over seeds. */
function meanInterval(values: number[], level: number): Interval {
  const half = (twoSidedT(level, values.length - 1) * sampleStandardDeviation(values)) / Math.sqrt(values.length);
  return { of: "mean", level, low: mean(values) - half, high: mean(values) + half };
}

/**
 * The narrowest pair of k-th smallest and k-th largest score that covers the median with at least `level`; assumes
 * nothing about the distribution. Its exact level is 1 - 2 P(B <= k - 1), B binomial(n, 1/2).
 */
function medianInterval(values: number[], level: number): Interval | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let best: Interval | undefined;
  let tail = 0; // P(B <= k - 1)
  let probability = 0.5 ** n; // P(B = k - 1)
  for (let k = 1; k <= n / 2; k++) {
    tail += probability;
    probability *= (n - k + 1) / k;
    if (1 - 2 * tail < level) break;
    best = { of: "median", level: 1 - 2 * tail, low: sorted[k - 1], high: sorted[n - k] };
  }
  return best;
}
