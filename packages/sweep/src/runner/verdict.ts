/** @file What the end of a job means for its trial. */
import type { JobEnd } from "../executors/index.js";

/** The last words of a run's event stream, as far as it got. */
export interface LastMessages {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string };
}

export type Verdict =
  | { readonly kind: "done"; readonly result: Readonly<Record<string, unknown>> }
  /** Never again: the settings are at fault, or the game itself. */
  | { readonly kind: "failed"; readonly message: string; readonly ours: boolean }
  /** By no fault of the settings. */
  | { readonly kind: "again"; readonly message: string }
  /** The place is at fault. */
  | { readonly kind: "outage"; readonly error: Error };

/** Exit codes of the contract between the runner and a run. */
const DO_NOT_RETRY = 42;
const USER_ERROR = 2;
const INTERRUPTED: ReadonlySet<number | null> = new Set([130, 143]);

/** @param outOfSpace makes the error when the machine has no space left: every other trial would meet the same */
export function judge(end: JobEnd, { result, error }: LastMessages, outOfSpace: (message: string) => Error): Verdict {
  if (end.outage) return { kind: "outage", error: end.outage };
  if (result?.["status"] === "finished") return { kind: "done", result };
  if (error?.code === "NO_SPACE") return { kind: "outage", error: outOfSpace(error.message) };
  const message = error?.message ?? lastWords(end);
  if (error?.code === "NOT_FINITE" || end.exitCode === DO_NOT_RETRY) return { kind: "failed", message, ours: false };
  // A run that another process still writes is one that an earlier runner left behind: it will be gone soon.
  if (end.exitCode === USER_ERROR && error?.code !== "NOT_WRITABLE") return { kind: "failed", message, ours: true };
  return { kind: "again", message };
}

function lastWords({ exitCode, signal, lastWords: words }: JobEnd): string {
  const last = words
    .trim()
    .split("\n")
    .at(-1)
    ?.replace(/^error: /u, "");
  if (INTERRUPTED.has(exitCode)) return "it was interrupted";
  if (exitCode === 0) return "it ended without a result";
  const how = signal ?? (exitCode === null ? "no exit code" : `exit code ${exitCode}`);
  return `its process ended with ${how}${last ? `: ${last}` : ", without a word"}`;
}
