/** @file When to try again, and when to stop. */
import { setTimeout as sleep } from "node:timers/promises";
import { MlflowApiError, MlflowError } from "../errors.js";

export interface RetryPolicy {
  /** Attempts after the first one. */
  readonly retries: number;
  /** The n-th retry (n from 0) waits baseDelayMs * 2^n, plus up to `jitterMs`. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** A random part, so that many clients do not come back together. */
  readonly jitterMs: number;
  /** Waits as long as the server asks for, when that is longer. */
  readonly respectRetryAfter: boolean;
  /** For all attempts of one call and the pauses between them. */
  readonly deadlineMs: number;
  /** In [0, 1). */
  readonly random: () => number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  retries: 7,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  jitterMs: 250,
  respectRetryAfter: true,
  deadlineMs: 120_000,
  random: Math.random,
};

/**
 * `safe`: doing it twice is the same as doing it once: reading, logging points, setting tags, deleting by id.
 * `unsafe`: a second time makes a second thing (a run, a model version): retried only when the first surely did nothing.
 */
export type Repeatability = "safe" | "unsafe";

/** Milliseconds before the next attempt. @param retry 0 for the first retry */
export function delayBefore(retry: number, retryAfterMs: number | undefined, policy: RetryPolicy): number {
  const backoff = Math.min(policy.baseDelayMs * 2 ** retry, policy.maxDelayMs);
  const own = backoff + policy.jitterMs * policy.random();
  return policy.respectRetryAfter && retryAfterMs !== undefined ? Math.max(own, retryAfterMs) : own;
}

/** Whether a failed attempt may be followed by another. */
export function mayRetry(error: unknown, repeatability: Repeatability): boolean {
  if (!(error instanceof MlflowError) || !error.transient) return false;
  // A page instead of JSON below 500 is nearly always a wrong address: waiting would only hide it.
  if (error instanceof MlflowApiError && error.errorCode === "UNKNOWN" && error.status < 500)
    return error.status === 408 || error.status === 429;
  return repeatability === "safe" || !error.ambiguous;
}

export interface RetryRun {
  readonly policy: RetryPolicy;
  readonly repeatability: Repeatability;
  readonly signal: AbortSignal | undefined;
}

/** Calls `attempt` until it succeeds, may not be repeated, or the retries or the time are used up. */
export async function withRetries<T>(attempt: (remainingMs: number) => Promise<T>, run: RetryRun): Promise<T> {
  const { policy, repeatability, signal } = run;
  const end = performance.now() + policy.deadlineMs;
  for (let retry = 0; ; retry++) {
    signal?.throwIfAborted();
    try {
      return await attempt(Math.max(1, end - performance.now()));
    } catch (error) {
      if (signal?.aborted || retry >= policy.retries || !mayRetry(error, repeatability)) throw error;
      const retryAfterMs = error instanceof MlflowApiError ? error.retryAfterMs : undefined;
      const delay = delayBefore(retry, retryAfterMs, policy);
      // The last error says more than "the deadline is over".
      if (performance.now() + delay >= end) throw error;
      await sleep(delay, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** The header Retry-After: seconds, or a date. @param now milliseconds since 1970 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/u.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
