/** @file Distributions of one parameter: from a number in [0,1) to a value, and the numbers that samplers compute with. */
import type { Distribution, NormalDistribution, ParamValue, RangeDistribution } from "../contracts.js";
import { ndtri } from "../math/normal.js";

/** Sigmas at which a normal distribution is cut off: one draw in 500 million would be beyond. */
export const NORMAL_REACH = 6;

/** Drops the noise of `min + i * step`, so that 0.1 + 2 * 0.1 is 0.3. */
const tidy = (value: number): number => Number(value.toPrecision(12));

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Number of values of a range with a step. */
export const stepsOf = ({ min, max }: RangeDistribution, step: number): number =>
  Math.floor((max - min) / step + 1e-9) + 1;

/** The value at quantile u in [0,1): what random and quasi-random search draw. */
export function fromUnit(distribution: Distribution, u: number): ParamValue {
  switch (distribution.kind) {
    case "constant":
      return distribution.value;
    case "choice":
      return distribution.values[choiceAt(distribution.probabilities, distribution.values.length, u)] ?? null;
    case "normal":
      return normalAt(distribution, u);
    default:
      return rangeAt(distribution, u);
  }
}

function choiceAt(probabilities: readonly number[] | undefined, count: number, u: number): number {
  if (!probabilities) return Math.min(count - 1, Math.floor(u * count));
  let sum = 0;
  const found = probabilities.findIndex((p) => (sum += p) > u);
  if (found >= 0) return found;
  return probabilities.findLastIndex((p) => p > 0); // rounding left u above the sum
}

function normalAt({ mu, sigma, log, step }: NormalDistribution, u: number): number {
  const z = clamp(ndtri(clamp(u, 2 ** -54, 1 - 2 ** -53)), -NORMAL_REACH, NORMAL_REACH);
  const value = log ? Math.exp(mu + sigma * z) : mu + sigma * z;
  return step === undefined ? value : tidy(Math.round(value / step) * step);
}

function rangeAt(range: RangeDistribution, u: number): number {
  const { min, max, log, step } = range;
  if (step === undefined) {
    const value = log ? Math.exp(Math.log(min) + u * (Math.log(max) - Math.log(min))) : min + u * (max - min);
    return clamp(value, min, max);
  }
  const { low, high } = domainOf(range);
  return onGrid(range, low + u * (high - low));
}

/**
 * The interval in which a sampler computes: logarithms for `log`, widened by half a step on both sides so that the
 * first and the last value of a grid are as likely as the others.
 */
export function domainOf(distribution: RangeDistribution | NormalDistribution): { low: number; high: number } {
  if (distribution.kind === "normal") {
    const { mu, sigma } = distribution;
    return { low: mu - NORMAL_REACH * sigma, high: mu + NORMAL_REACH * sigma };
  }
  const half = (distribution.step ?? 0) / 2;
  const [low, high] = [distribution.min - half, distribution.max + half];
  return distribution.log ? { low: Math.log(low), high: Math.log(high) } : { low, high };
}

/** The value of the distribution nearest to `x`, a number of {@link domainOf}. */
export function onGrid(distribution: RangeDistribution | NormalDistribution, x: number): number {
  const value = distribution.log ? Math.exp(x) : x;
  const { step } = distribution;
  if (distribution.kind === "normal") return step === undefined ? value : tidy(Math.round(value / step) * step);
  const { min, max } = distribution;
  if (step === undefined) return clamp(value, min, max);
  const last = stepsOf(distribution, step) - 1;
  const index = clamp(Math.round((value - min) / step), 0, last);
  return distribution.int ? min + index * step : tidy(min + index * step);
}

/** All values, or undefined when there is no end of them. */
export function valuesOf(distribution: Distribution): readonly ParamValue[] | undefined {
  if (distribution.kind === "constant") return [distribution.value];
  if (distribution.kind === "choice") return distribution.values;
  if (distribution.kind === "normal") return distribution.sigma === 0 ? [distribution.mu] : undefined;
  const { min, max, step } = distribution;
  if (min === max) return [min];
  if (step === undefined) return undefined;
  return Array.from({ length: stepsOf(distribution, step) }, (_, i) =>
    distribution.int ? min + i * step : tidy(min + i * step),
  );
}

/** How many values it has; Infinity when there is no end of them. */
export function countOf(distribution: Distribution): number {
  if (distribution.kind === "range" && distribution.step !== undefined && distribution.min !== distribution.max)
    return stepsOf(distribution, distribution.step);
  return valuesOf(distribution)?.length ?? Infinity;
}

/** A value as a number: of a choice its index, of a log range its logarithm; NaN when the distribution cannot give it. */
export function encode(distribution: Distribution, value: ParamValue): number {
  switch (distribution.kind) {
    case "constant":
      return value === distribution.value ? 0 : Number.NaN;
    case "choice": {
      const index = distribution.values.indexOf(value);
      return index < 0 ? Number.NaN : index;
    }
    default: {
      if (typeof value !== "number" || !Number.isFinite(value)) return Number.NaN;
      const x = distribution.log ? Math.log(value) : value;
      const { low, high } = domainOf(distribution);
      const slack = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
      return x >= low - slack && x <= high + slack ? clamp(x, low, high) : Number.NaN;
    }
  }
}
