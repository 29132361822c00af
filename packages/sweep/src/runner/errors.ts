/** @file Messages of the runner, one function each. */
import { GanError, suggest } from "@gan-arena/core/base";

export const outOfSpace = (sweepId: string, message: string): GanError =>
  new GanError(
    "NO_SPACE",
    `[${sweepId}] the sweep stops: ${message.replace(/^\[[^\]]*\] /u, "")}; then go on with: gan-arena sweep resume ${sweepId}`,
  );

export const allFail = (sweepId: string, count: number, message: string): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[${sweepId}] the first ${count} trials all failed, the last one so: ${message}; mend that, then go on with: ` +
      `gan-arena sweep resume ${sweepId} --retry-failed`,
  );

export const noSuchObjective = (name: string, known: readonly string[]): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[metric ${name}] the run ended without a value of it; ${suggest(name, [...known, "seconds", "kimg"])}`,
  );
