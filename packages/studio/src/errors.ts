/** @file Messages of the report. */
import { GanError, internalError } from "@gan-arena/core/base";

/** A picture that is not a PNG in a data URI: the report must open from disk and ask no server for anything. */
export const notAPng = (where: string, got: string): GanError =>
  internalError(where, `a picture must be a PNG as data URI, got ${JSON.stringify(got.slice(0, 40))}`);

export const missingAsset = (name: string, cause: unknown): GanError =>
  new GanError("MISSING_DEPENDENCY", `[report] ${name} cannot be read; install the package again: npm ci`, { cause });
