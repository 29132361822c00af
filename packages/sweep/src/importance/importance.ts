/** @file Which parameters the values of a study depend on. */
import type { Parameter, Space, Trial } from "../contracts.js";
import { encodeParams } from "../space/arrange.js";
import { domainOf } from "../space/distribution.js";
import { treeVariance } from "./fanova.js";
import { growForest } from "./forest.js";

export interface Importance {
  /** Of the parameter in its space. */
  readonly id: string;
  readonly path: string;
  /** Share of the variance that it explains alone; the shares of all parameters have at most the sum 1. */
  readonly share: number;
  /** Standard deviation over the trees. */
  readonly spread: number;
}

export interface ImportanceOptions {
  /** Which objective; default the first. */
  readonly objective?: number;
  readonly trees?: number;
  readonly maxDepth?: number;
  readonly seed?: number;
}

const MOST = 1000;
/** Fewer trials say nothing. */
const ENOUGH = 4;

/**
 * Importance of the parameters by functional ANOVA on a random forest, the most important first.
 *
 * Looks at complete trials with a finite value. Where a parameter is not active it is taken for the middle of its range, so
 * conditional parameters of rare branches are judged by few trials. Empty when there are too few trials or one value only.
 */
export function importance(
  space: Space,
  trials: readonly Trial[],
  { objective = 0, trees = 64, maxDepth = 32, seed = 0 }: ImportanceOptions = {},
): Importance[] {
  const usable = trials.filter(({ state, values }) => state === "complete" && Number.isFinite(values[objective]));
  // LIMIT: of more trials evenly spaced ones are looked at; a forest on all of them would take minutes.
  const judged = usable.filter(
    (_, i) => Math.floor((i * MOST) / usable.length) !== Math.floor(((i - 1) * MOST) / usable.length),
  );
  const y = Float64Array.from(judged, ({ values }) => values[objective]);
  if (y.length < ENOUGH || y.every((value) => value === y[0])) return [];
  const columns = featuresOf(space.parameters);
  const x = judged.map(({ params }) => {
    const encoded = encodeParams(space, params);
    return Float64Array.from(columns, ({ index, toUnit }) =>
      Number.isNaN(encoded[index]) ? 0.5 : toUnit(encoded[index]),
    );
  });
  const variances = growForest(x, y, { trees, seed, maxDepth }).map((tree) => treeVariance(tree, columns.length));
  const useful = variances.filter(({ total }) => total > 0);
  return columns
    .map(({ index }, feature) => {
      const shares = useful.map(({ total, alone }) => alone[feature] / total);
      const share = shares.reduce((sum, one) => sum + one, 0) / Math.max(1, shares.length);
      const spread = Math.sqrt(shares.reduce((sum, one) => sum + (one - share) ** 2, 0) / Math.max(1, shares.length));
      const { id, path } = space.parameters[index];
      return { id, path, share, spread };
    })
    .sort((a, b) => b.share - a.share);
}

interface Feature {
  readonly index: number;
  /** From an encoded value to [0,1]; the c-th of n choices to the middle of its n-th part. */
  readonly toUnit: (code: number) => number;
}

function featuresOf(parameters: readonly Parameter[]): Feature[] {
  return parameters.flatMap(({ distribution }, index) => {
    if (distribution.kind === "constant") return [];
    if (distribution.kind === "choice") {
      const count = distribution.values.length;
      return count > 1 ? [{ index, toUnit: (code: number) => (code + 0.5) / count }] : [];
    }
    const { low, high } = domainOf(distribution);
    return high > low ? [{ index, toUnit: (code: number) => (code - low) / (high - low) }] : [];
  });
}
