/**
 * @file Writing points again that the server has already.
 *
 * A repeated point is no news to the server, except to MLflow 2: there NaN equals nothing and Infinity is not the greatest
 * double that was stored for it, so it inserts the point again, fails on its own primary key and refuses the whole batch.
 */
import { MlflowApiError } from "../errors.js";
import type { Metric } from "../types.js";

/** SQLite, PostgreSQL, MySQL and SQL Server on a key that is there. */
const WORDS = /UNIQUE constraint|IntegrityError|UniqueViolation|duplicate key|Duplicate entry/iu;

/** Whether a write was refused because a point is there already. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof MlflowApiError && error.status === 400 && WORDS.test(error.serverMessage);

/** Points that may be written again in a batch, and points that have to be written one by one. */
export function byRepeatability(metrics: readonly Metric[]): { readonly finite: Metric[]; readonly others: Metric[] } {
  return {
    finite: metrics.filter(({ value }) => Number.isFinite(value)),
    others: metrics.filter(({ value }) => !Number.isFinite(value)),
  };
}
