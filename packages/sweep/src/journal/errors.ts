/** @file Messages of the journal, one function each. */
import { GanError } from "@gan-arena/core/base";

export const journalDamaged = (file: string, line: number): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[${file}:${line}] the line must be a record of the journal and is damaged, with sound lines after it; restore the ` +
      "file from a copy, or remove the line: what it told of is then played again",
  );

const ADVICE = "and go on with: gan-arena sweep resume";

/** A failed system call on the journal as a sentence; anything else is returned as it is. */
export function journalFailure(file: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof GanError || !/^E[A-Z0-9]+$/u.test(code)) return error;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new GanError("NO_SPACE", `[${file}] no space is left; free some ${ADVICE}`, { cause: error });
  return new GanError("NOT_WRITABLE", `[${file}] it cannot be read or written (${code}); mend that ${ADVICE}`, {
    cause: error,
  });
}
