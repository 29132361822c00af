/** @file A random forest of regression trees on the unit cube. Breiman 2001, "Random forests", Machine Learning 45. */
import { uniforms } from "../math/random.js";

/** A node splits `feature` at `threshold` (smaller goes left), or is a leaf with a value. */
export type Node =
  | { readonly feature: number; readonly threshold: number; readonly left: Node; readonly right: Node }
  | { readonly value: number };

export interface ForestOptions {
  readonly trees: number;
  readonly seed: number;
  readonly maxDepth: number;
}

/** @param x rows of numbers in [0,1] @param y one number for each row */
export function growForest(
  x: readonly Float64Array[],
  y: Float64Array,
  { trees, seed, maxDepth }: ForestOptions,
): Node[] {
  return Array.from({ length: trees }, (_, tree) => {
    const u = uniforms(seed, "sweep/forest", tree, y.length);
    const bag = Array.from(u, (value) => Math.floor(value * y.length)); // a bootstrap sample
    return grow(x, y, bag, maxDepth);
  });
}

function grow(x: readonly Float64Array[], y: Float64Array, rows: readonly number[], depth: number): Node {
  const split = depth === 0 ? undefined : bestSplit(x, y, rows);
  if (!split) return { value: rows.reduce((sum, row) => sum + y[row], 0) / rows.length };
  const { feature, threshold } = split;
  const left = rows.filter((row) => x[row][feature] < threshold);
  const right = rows.filter((row) => x[row][feature] >= threshold);
  return { feature, threshold, left: grow(x, y, left, depth - 1), right: grow(x, y, right, depth - 1) };
}

/** The split that takes most from the sum of squares, undefined when none takes anything. */
function bestSplit(x: readonly Float64Array[], y: Float64Array, rows: readonly number[]) {
  const total = rows.reduce((sum, row) => sum + y[row], 0);
  let best: { feature: number; threshold: number } | undefined;
  let bestGain = (total * total) / rows.length + 1e-12 * Math.max(1, total * total);
  for (let feature = 0; feature < (x[0]?.length ?? 0); feature++) {
    const order = rows.toSorted((a, b) => x[a][feature] - x[b][feature]);
    let sum = 0;
    for (let i = 1; i < order.length; i++) {
      sum += y[order[i - 1]];
      const [before, after] = [x[order[i - 1]][feature], x[order[i]][feature]];
      if (before === after) continue;
      // Maximising this minimises the squared error of the two means.
      const gain = (sum * sum) / i + (total - sum) ** 2 / (order.length - i);
      if (gain > bestGain) [bestGain, best] = [gain, { feature, threshold: (before + after) / 2 }];
    }
  }
  return best;
}
