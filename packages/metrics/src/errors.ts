/** @file Messages of the metrics and the statistics, one function each. */
import { badConfig, formatShape, GanError, shapeMismatch } from "@gan-arena/core/base";

export const wrongSamples = (metric: string, expected: readonly number[], got: readonly number[]): GanError =>
  shapeMismatch(
    metric,
    "generated samples",
    formatShape(expected),
    got,
    "the first view of the variant must render samples like x, or like the field that it translates to",
  );

/** @param at index of the first value that is no number */
export const notFiniteSamples = (metric: string, at: { readonly index: number; readonly value: number }): GanError =>
  new GanError(
    "NOT_FINITE",
    `[${metric}] generated samples must be finite, got ${at.value} at index ${at.index}; the generator has diverged, so there is no score`,
  );

export const differentProtocols = (
  metric: string,
  cell: { variant: string; protocol: string },
  expected: string,
): GanError =>
  badConfig(
    `rank ${metric}`,
    `all results must have the protocol "${expected}", got "${cell.protocol}" for ${cell.variant}; compute that metric again`,
  );

export const sameCellTwice = (metric: string, variant: string): GanError =>
  badConfig(`rank ${metric}`, `each variant must be there once, got ${variant} twice; give its cells different names`);

export const noScores = (where: string): GanError =>
  badConfig(where, "at least one finite score is needed, got none; run at least one seed to the end");

export const badLevel = (where: string, what: string, value: number): GanError =>
  badConfig(
    where,
    `${what} must lie between 0 and 1, got ${value}; 0.05 is usual for alpha, 0.95 for a confidence level`,
  );

/** A metric was asked to judge data that it cannot judge. @param reason what `unsuitable` says */
export const unsuitableData = (metric: string, reason: string): GanError => badConfig(metric, reason);
