/**
 * @file Functional ANOVA of a tree: how much of its variance over the whole space is due to each parameter alone.
 *
 * Hutter, Hoos, Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance", ICML, Sec. 3 and Alg. 2.
 * All parameters are uniform on [0,1]: that is how samplers see them.
 */
import type { Node } from "./forest.js";

interface Leaf {
  readonly value: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Share of the space. */
  readonly volume: number;
}

function leavesOf(node: Node, low: Float64Array, high: Float64Array, out: Leaf[]): Leaf[] {
  if ("value" in node) {
    const volume = low.reduce((product, from, i) => product * (high[i] - from), 1);
    out.push({ value: node.value, low: low.slice(), high: high.slice(), volume });
    return out;
  }
  const { feature, threshold, left, right } = node;
  leavesOf(left, low, high.with(feature, threshold), out);
  return leavesOf(right, low.with(feature, threshold), high, out);
}

export interface TreeVariance {
  readonly total: number;
  /** Variance of the mean over all other parameters, by parameter. */
  readonly alone: Float64Array;
}

/** @param features dimension of the cube */
export function treeVariance(tree: Node, features: number): TreeVariance {
  const leaves = leavesOf(tree, new Float64Array(features), new Float64Array(features).fill(1), []);
  const mean = leaves.reduce((sum, { value, volume }) => sum + value * volume, 0);
  const total = leaves.reduce((sum, { value, volume }) => sum + volume * (value - mean) ** 2, 0);
  return { total, alone: Float64Array.from({ length: features }, (_, i) => marginalVariance(leaves, i, mean)) };
}

/** Between two neighbouring cuts the marginal is constant: the mean over the leaves there, weighted by their other sides. */
function marginalVariance(leaves: readonly Leaf[], feature: number, mean: number): number {
  const cuts = [...new Set(leaves.flatMap(({ low, high }) => [low[feature], high[feature]]))].sort((a, b) => a - b);
  const place = new Map(cuts.map((cut, i) => [cut, i] as const));
  // Each leaf adds its share from its first piece on and takes it back behind its last one.
  const change = new Float64Array(cuts.length);
  for (const { value, low, high, volume } of leaves) {
    const share = (value * volume) / (high[feature] - low[feature]);
    change[place.get(low[feature]) ?? 0] += share;
    change[place.get(high[feature]) ?? 0] -= share;
  }
  let [marginal, variance] = [0, 0];
  for (let i = 0; i + 1 < cuts.length; i++) {
    marginal += change[i];
    variance += (cuts[i + 1] - cuts[i]) * (marginal - mean) ** 2;
  }
  return variance;
}
