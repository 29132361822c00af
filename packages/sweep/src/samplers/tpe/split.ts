/** @file Which trials are good: the split of TPE into those below the threshold and those above. */
import type { Entry, History } from "../../study/history.js";
import { uniforms } from "../../math/random.js";

export interface Split {
  /** Slots in ascending order of trial numbers. */
  readonly below: Int32Array;
  readonly above: Int32Array;
}

/** Number of good trials among n: a tenth, at most 25. Optuna's `default_gamma`. */
export const goodOf = (n: number): number => Math.min(Math.ceil(0.1 * n), 25);

interface SplitRequest {
  readonly history: History;
  /** Running trials count as bad ones, so that others are not sent to the same place. */
  readonly constantLiar: boolean;
  readonly seed: number;
  readonly number: number;
}

/** Complete trials by their loss; when they are not enough, pruned ones, those that went further first. */
export function splitTrials({ history, constantLiar, seed, number }: SplitRequest): Split {
  const finished = history.count("complete") + history.count("pruned");
  const wanted = goodOf(finished);
  const complete = history.trials.filter(({ state }) => state === "complete");
  const good = new Set(smallest(complete, scalarLosses(history, complete, seed, number), wanted));
  if (good.size < wanted) {
    const pruned = history.trials.filter(({ state }) => state === "pruned");
    for (const entry of bestPruned(pruned, history, wanted - good.size)) good.add(entry);
  }
  const below = new Int32Array(good.size);
  const above = new Int32Array(history.trials.length);
  let [filledBelow, filledAbove] = [0, 0];
  for (const entry of history.trials) {
    if (good.has(entry)) below[filledBelow++] = entry.slot;
    else if (entry.state !== "failed" && (constantLiar || entry.state !== "running")) above[filledAbove++] = entry.slot;
  }
  return { below, above: above.subarray(0, filledAbove) };
}

/** The `count` entries of smallest loss; of equals those of lower number. Linear: count is small. */
function smallest(entries: readonly Entry[], losses: Float64Array, count: number): Entry[] {
  const best: number[] = [];
  for (let i = 0; i < entries.length; i++) {
    if (best.length === count && (count === 0 || losses[i] >= losses[best[count - 1]])) continue;
    let at = best.length;
    while (at > 0 && losses[best[at - 1]] > losses[i]) at--;
    best.splice(at, 0, i);
    if (best.length > count) best.pop();
  }
  return best.map((i) => entries[i]);
}

function bestPruned(pruned: readonly Entry[], history: History, count: number): Entry[] {
  const sign = history.directions[0] === "maximize" ? -1 : 1;
  const scored = pruned.map((entry) => {
    let last = -Infinity;
    for (const step of entry.reports.keys()) if (step > last) last = step;
    const value = entry.reports.get(last);
    if (value === undefined) return { entry, late: 1, loss: 0 };
    return { entry, late: -last, loss: Number.isNaN(value) ? Infinity : sign * value };
  });
  scored.sort((a, b) => a.late - b.late || compare(a.loss, b.loss) || a.entry.number - b.entry.number);
  return scored.slice(0, count).map(({ entry }) => entry);
}

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * One loss for each trial. Of several objectives the augmented Tchebycheff norm under weights that are drawn anew for each
 * suggestion, so that all of the front is looked for: Knowles 2006, "ParEGO", IEEE Trans. Evol. Comp. 10, Eq. 2.
 */
function scalarLosses(history: History, entries: readonly Entry[], seed: number, number: number): Float64Array {
  const count = history.directions.length;
  if (count === 1) {
    const sign = history.directions[0] === "maximize" ? -1 : 1;
    const losses = new Float64Array(entries.length);
    for (let i = 0; i < entries.length; i++) losses[i] = sign * entries[i].values[0];
    return losses;
  }
  const losses = entries.map((entry) => history.losses(entry));
  const exponentials = uniforms(seed, "sweep/scalarisation", number, count).map((u) => -Math.log1p(-u));
  const sum = exponentials.reduce((total, e) => total + e, 0);
  const scaled = Array.from({ length: count }, (_, i) => unitScale(losses.map((values) => values[i])));
  return Float64Array.from(entries, (_, trial) => {
    const terms = scaled.map((values, i) => (exponentials[i] / sum) * values[trial]);
    return Math.max(...terms) + 0.05 * terms.reduce((total, term) => total + term, 0);
  });
}

/** To [0,1] by the finite smallest and largest; infinite losses are 2. */
function unitScale(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return values.map((value) =>
    value === -Infinity ? 0 : Number.isFinite(value) ? (value - low) / (high - low || 1) : 2,
  );
}
