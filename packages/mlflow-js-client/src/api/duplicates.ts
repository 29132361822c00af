/**
 * @file Writing points again that the server has already.
 *
 * A repeated point is no news to the server, except to MLflow 2: there NaN equals nothing and Infinity is not the greatest
 * double that was stored for it, so it inserts the point again, fails on its own primary key and refuses the whole batch.
 * It also looks for the points that it has by a hundred of the batch's keys at a time, repeated ones counted, and takes
 * those under other keys for new ones: a long batch of several metrics is refused although all of its points are finite.
 */
import type { Metric } from "../types.js";

/** So many points MLflow 2 can tell from those that it has. */
export const REPEATABLE_POINTS = 100;

/** Points that may be written again in a batch, and points that have to be written one by one. */
export function byRepeatability(metrics: readonly Metric[]): { readonly finite: Metric[]; readonly others: Metric[] } {
  return {
    finite: metrics.filter(({ value }) => Number.isFinite(value)),
    others: metrics.filter(({ value }) => !Number.isFinite(value)),
  };
}
