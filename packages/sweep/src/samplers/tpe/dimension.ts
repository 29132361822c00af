/** @file A parameter as an axis on which densities are estimated. */
import type { Distribution, Space } from "../../contracts.js";
import { countOf, domainOf } from "../../space/distribution.js";

/** In the coordinates of the history's columns: logarithms of log ranges, indices of choices. */
export type Dimension = NumericDimension | CategoricalDimension;

export interface NumericDimension {
  readonly kind: "numeric";
  /** Of the parameter in its space. */
  readonly index: number;
  readonly distribution: Extract<Distribution, { kind: "range" | "normal" }>;
  readonly low: number;
  readonly high: number;
  /** Kernels are at most this wide, and at least a hundredth of it. */
  readonly width: number;
  readonly priorMu: number;
  readonly priorSigma: number;
}

export interface CategoricalDimension {
  readonly kind: "categorical";
  readonly index: number;
  /** Sum 1. */
  readonly prior: readonly number[];
}

/** Undefined for a parameter that can have one value only. */
export function dimensionOf(space: Space, index: number): Dimension | undefined {
  const { distribution } = space.parameters[index];
  if (countOf(distribution) === 1 || distribution.kind === "constant") return undefined;
  if (distribution.kind === "choice") {
    const { values, probabilities } = distribution;
    return { kind: "categorical", index, prior: probabilities ?? values.map(() => 1 / values.length) };
  }
  const { low, high } = domainOf(distribution);
  if (distribution.kind === "normal") {
    const { mu, sigma } = distribution;
    return { kind: "numeric", index, distribution, low, high, width: 4 * sigma, priorMu: mu, priorSigma: sigma };
  }
  const width = high - low;
  return { kind: "numeric", index, distribution, low, high, width, priorMu: (low + high) / 2, priorSigma: width };
}

/** Half a step in the coordinates of a value `x`: bounds of the interval that is rounded to it. */
export function cellOf({ distribution }: NumericDimension, x: number): { left: number; right: number } | undefined {
  const { step, log } = distribution;
  if (step === undefined) return undefined;
  if (!log) return { left: x - step / 2, right: x + step / 2 };
  const value = Math.exp(x);
  return { left: Math.log(Math.max(value - step / 2, Number.MIN_VALUE)), right: Math.log(value + step / 2) };
}
