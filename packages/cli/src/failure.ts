/** @file What the user sees when something goes wrong: one line, an exit code, and never a stack unless it is asked for. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GanError, type ErrorCode } from "@gan-arena/core/base";
import { noSpace, notWritable } from "./errors.js";
import { makeFolder } from "./folders.js";

export interface Failure {
  readonly code: ErrorCode;
  /** One line, complete. */
  readonly message: string;
  readonly exitCode: number;
  /** Set when the failure was not foreseen. */
  readonly stack?: string;
}

/** Anything that was thrown, as a failure. Errors of the system that the user can mend are told from bugs. */
export function failureOf(thrown: unknown): Failure {
  if (isGanError(thrown)) {
    const bug = thrown.code === "INTERNAL";
    return {
      code: thrown.code,
      message: oneLine(thrown.message),
      exitCode: thrown.exitCode,
      ...(bug ? { stack: stackOf(thrown) } : {}),
    };
  }
  const system = thrown instanceof Error ? (thrown as NodeJS.ErrnoException) : undefined;
  const place = system?.path ?? "disk";
  if (system?.code === "ENOSPC" || system?.code === "EDQUOT") return failureOf(noSpace(place, thrown));
  if (system?.path && ["EACCES", "EPERM", "EROFS", "ENOTDIR"].includes(system.code ?? ""))
    return failureOf(notWritable(place, system.code ?? "", thrown));
  const reason = oneLine(thrown instanceof Error ? thrown.message : String(thrown));
  return {
    code: "INTERNAL",
    message: `this is a bug in gan-arena, please report it: ${reason}`,
    exitCode: 1,
    stack: stackOf(thrown),
  };
}

/** Writes the stack to a file and returns a sentence that says where; the temporary folder is used when home is not writable. */
export function keepStack(failure: Failure, home: string | undefined, now: Date = new Date()): string | undefined {
  if (failure.stack === undefined) return undefined;
  const name = `crash-${now.toISOString().replaceAll(/[:.]/gu, "-")}.txt`;
  for (const folder of [home === undefined ? undefined : join(home, "crashes"), tmpdir()]) {
    if (folder === undefined) continue;
    try {
      makeFolder(folder);
      const file = join(folder, name);
      writeFileSync(
        file,
        `${failure.message}\nnode ${process.version}, ${process.platform} ${process.arch}\n\n${failure.stack}\n`,
      );
      return `the details are in ${file}`;
    } catch {
      // The next folder may do; without any the message alone has to.
    }
  }
  return undefined;
}

/** By name, not by class: a plugin may bring its own copy of core. */
const isGanError = (thrown: unknown): thrown is GanError =>
  thrown instanceof GanError ||
  (thrown instanceof Error && thrown.name === "GanError" && "code" in thrown && "exitCode" in thrown);

const oneLine = (message: string): string => message.replaceAll(/\s*\n\s*/gu, " ").trim();

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.stack ?? thrown.message;
  return thrown.cause === undefined ? own : `${own}\ncaused by: ${stackOf(thrown.cause)}`;
}
