/** @file Is one variant better than another, or did it have the luckier seeds? */
import { stream } from "@gan-arena/core/base";
import { badLevel, noScores } from "../errors.js";

/** The standard error of p is then below 0.0036, and near 0.05 it is 0.0015. */
const RANDOM_SPLITS = 20_000;

export type Verdict = "significant" | "not significant";

export interface Comparison {
  /** mean(a) - mean(b) */
  readonly difference: number;
  /** Share of splits whose |difference| is at least the observed one. */
  readonly p: number;
  /** The smallest p that sets of these sizes can have; above alpha nothing can be significant. */
  readonly smallestP: number;
  /** Splits that were looked at: all of them when `exact`. */
  readonly splits: number;
  readonly exact: boolean;
  readonly verdict: Verdict;
  /** Says so when the seeds are too few for any verdict but this one. */
  readonly note?: string;
}

export interface CompareOptions {
  /** A difference is significant when p <= alpha. */
  readonly alpha?: number;
  /** Beyond this number of splits 20,000 random ones are drawn instead of all, always the same. */
  readonly maxSplits?: number;
}

/**
 * Two-sided permutation test of the difference of means (Fisher 1935, "The Design of Experiments"; Pitman 1937).
 *
 * If both variants were the same, each way to split the n + m scores into n and m would be as likely as the one
 * observed. Nothing is assumed about the distribution of scores. With random splits p = (hits + 1) / (splits + 1)
 * (Phipson and Smyth 2010). Scores of one seed under two variants are not taken as a pair: variants share data
 * and its order, not the noise that decides a run, and unpaired is the cautious choice.
 *
 * @param a scores of one variant, one per seed, finite
 * @param b scores of the other
 * @throws GanError BAD_CONFIG when a or b is empty or holds a value that is not finite, or alpha is outside (0,1)
 * @example compareCells([1, 2], [3, 4]).p // 1/3: of 6 splits, {1,2} and {3,4} are as far apart
 */
export function compareCells(a: readonly number[], b: readonly number[], options: CompareOptions = {}): Comparison {
  const { alpha = 0.05, maxSplits = 200_000 } = options;
  if (a.length === 0 || b.length === 0 || ![...a, ...b].every(Number.isFinite)) throw noScores("compare");
  if (!(alpha > 0 && alpha < 1)) throw badLevel("compare", "alpha", alpha);
  const pool = Float64Array.from([...a, ...b]);
  const total = sum(pool);
  const difference = (sumOfA: number) => sumOfA / a.length - (total - sumOfA) / b.length;
  const observed = difference(sum(pool.subarray(0, a.length)));
  // Sums of the same numbers in another order differ by rounding, and must count as equal.
  const rounding = 4 * Number.EPSILON * pool.length * Math.max(...pool.map(Math.abs));
  const isHit = (sumOfA: number) => Math.abs(difference(sumOfA)) >= Math.abs(observed) - rounding;

  const all = binomial(pool.length, a.length);
  const exact = all <= maxSplits;
  const p = exact ? exactP(pool, a.length, isHit) : sampledP(pool, a.length, isHit);
  const smallest = exact ? smallestP(a.length, b.length) : 1 / (RANDOM_SPLITS + 1);
  return {
    difference: observed,
    p,
    smallestP: smallest,
    splits: exact ? all : RANDOM_SPLITS,
    exact,
    verdict: p <= alpha ? "significant" : "not significant",
    ...(smallest > alpha && { note: tooFewSeeds(a.length, b.length, alpha) }),
  };
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** One split is the observed one; with equal sizes the swapped one is as far apart. */
export const smallestP = (n: number, m: number): number => (n === m ? 2 : 1) / binomial(n + m, n);

/** Seeds per variant from which a difference can be significant at `alpha`. */
export function seedsNeeded(alpha: number): number {
  let n = 2;
  while (smallestP(n, n) > alpha) n++;
  return n;
}

/** Number of ways to choose k of n; Infinity when it is too large for a number. */
export function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = Math.round((ways * (n - i + 1)) / i);
  return ways;
}

/**
 * Holm's correction (1979): p-values that may be held against one alpha although there are many of them.
 * Adjusted p of rank i (from 0) is the largest of (m - j) * p_j for j <= i, at most 1.
 *
 * @returns adjusted p-values in the order of the given ones
 * @example holm([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function holm(ps: readonly number[]): number[] {
  const adjusted = Array.from({ length: ps.length }, () => 0);
  let largest = 0;
  const ascending = ps.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  ascending.forEach(({ p, i }, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * p));
    adjusted[i] = largest;
  });
  return adjusted;
}

function tooFewSeeds(n: number, m: number, alpha: number): string {
  const p = smallestP(n, m).toPrecision(2);
  return `with ${n} and ${m} seeds the smallest possible p is ${p}, so no difference can be significant at ${alpha}; use at least ${seedsNeeded(alpha)} seeds each`;
}

function exactP(pool: Float64Array, n: number, isHit: (sum: number) => boolean): number {
  let hits = 0;
  let splits = 0;
  forEachSum(pool, n, (sum) => {
    splits++;
    if (isHit(sum)) hits++;
  });
  return hits / splits;
}

/** Calls `visit` with the sum of every choice of n values, each choice once. */
function forEachSum(pool: Float64Array, n: number, visit: (sum: number) => void): void {
  const choose = (from: number, left: number, sum: number): void => {
    if (left === 0) visit(sum);
    else for (let i = from; i <= pool.length - left; i++) choose(i + 1, left - 1, sum + pool[i]);
  };
  choose(0, n, 0);
}

function sampledP(pool: Float64Array, n: number, isHit: (sum: number) => boolean): number {
  const draws = stream(0, "metrics/permutation-test");
  let hits = 0;
  for (let split = 0; split < RANDOM_SPLITS; split++) {
    const order = draws.permutation(split, pool.length);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += pool[order[i]];
    if (isHit(sum)) hits++;
  }
  return (hits + 1) / (RANDOM_SPLITS + 1);
}
