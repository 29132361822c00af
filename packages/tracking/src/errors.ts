/** @file Messages of the run store, one function each. */
import { GanError, nearestName, unknownName } from "@gan-arena/core/base";

/** The errno code of a failed system call, or undefined when `error` is something else. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

const isFull = (code: string): boolean => code === "ENOSPC" || code === "EDQUOT";

/** The home folder cannot be written. @param code errno, for example EACCES or EROFS */
export const notWritable = (path: string, code: string, cause?: unknown): GanError =>
  new GanError("NOT_WRITABLE", `[home] ${path} cannot be written (${code}); choose another place with --home`, {
    cause,
  });

/** No space before there is a run that could be resumed. */
const noSpace = (directory: string, cause?: unknown): GanError =>
  new GanError("NO_SPACE", `[home] no space is left at ${directory}; free some or choose another place with --home`, {
    cause,
  });

/** No space in the middle of a run: what was saved before is whole. */
const noSpaceForRun = (runId: string, directory: string, cause?: unknown): GanError =>
  new GanError(
    "NO_SPACE",
    `[${runId}] no space is left at ${directory}; free some and resume with: gan-arena resume ${runId}`,
    { cause },
  );

/** A disk error (EIO, EMFILE, …) in the middle of a run. */
const runNotWritable = (runId: string, path: string, code: string, cause?: unknown): GanError =>
  new GanError(
    "NOT_WRITABLE",
    `[${runId}] ${path} cannot be written (${code}); mend that and resume with: gan-arena resume ${runId}`,
    { cause },
  );

/** Turns a failed system call on the store's folder into a message; anything else is returned as it is. */
export function homeFailure(path: string, error: unknown): unknown {
  const code = errnoOf(error);
  if (error instanceof GanError || code === undefined) return error;
  return isFull(code) ? noSpace(path, error) : notWritable(path, code, error);
}

/** Turns a failed system call inside a run into a message that says how to resume; anything else is returned as it is. */
export function runFailure(runId: string, directory: string, error: unknown): unknown {
  const code = errnoOf(error);
  if (error instanceof GanError || code === undefined) return error;
  return isFull(code) ? noSpaceForRun(runId, directory, error) : runNotWritable(runId, directory, code, error);
}

export const alreadyExists = (kind: string, id: string): GanError =>
  new GanError("BAD_CONFIG", `[${id}] there is a ${kind} of this name already; choose another name or remove it first`);

export const badId = (kind: string, id: string): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[${kind}] a name must be letters, digits, dots, dashes and underscores and start with a letter or digit, ` +
      `got ${JSON.stringify(id)}; leave the name out to get a fresh one`,
  );

/** @param ids every id of that kind, newest first: the nearest of all and the newest few are named */
export function unknownId(kind: string, id: string, ids: readonly string[]): GanError {
  const newest = ids.slice(0, 8);
  if (ids.length <= newest.length) return unknownName(`${kind}s`, kind, id, ids);
  const nearest = nearestName(id, ids);
  return new GanError(
    "UNKNOWN_NAME",
    `[${kind}s] there is no ${kind} "${id}"; ${nearest === undefined ? "" : `did you mean "${nearest}"? `}` +
      `(the newest of ${ids.length}: ${newest.join(", ")})`,
  );
}

export const ambiguousId = (kind: string, prefix: string, matches: readonly string[]): GanError =>
  new GanError(
    "UNKNOWN_NAME",
    `[${kind}s] "${prefix}" is the start of ${matches.length} ${kind}s; give more of the name: ${matches
      .slice(0, 8)
      .join(", ")}${matches.length > 8 ? ", …" : ""}`,
  );

/** A file of the store that cannot be understood. */
export const damagedFile = (path: string, problem: string, advice: string, cause?: unknown): GanError =>
  new GanError("BAD_CONFIG", `[${path}] ${problem}; ${advice}`, { cause });

export const newerFormat = (path: string, got: unknown, known: number): GanError =>
  damagedFile(
    path,
    `formatVersion must be ${known}, got ${JSON.stringify(got)}`,
    "it was written by another version of gan-arena: read it with that one",
  );

/** Another process is writing the run. */
export const runIsLocked = (runId: string, owner: string, file: string): GanError =>
  new GanError(
    "NOT_WRITABLE",
    `[${runId}] the run is being written by ${owner}; wait for it or stop it (if it is surely gone, delete ${file})`,
  );

/** Another process is playing the sweep. */
export const sweepIsLocked = (sweepId: string, owner: string, file: string): GanError =>
  new GanError(
    "NOT_WRITABLE",
    `[${sweepId}] the sweep is being played by ${owner}; wait for it or stop it, and look at it meanwhile with: ` +
      `gan-arena sweep show ${sweepId} (if that process is surely gone, delete ${file})`,
  );

export const badArtifactName = (runId: string, name: string): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[${runId}] a file's name must be a relative path inside the run, got ${JSON.stringify(name)}; ` +
      `use letters, digits, dots and dashes`,
  );

/** Two trackers of one run disagree about what is run. */
export const otherRun = (runId: string, field: string): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[${runId}] the run was started with another ${field}; resume it as it was, or start a new run`,
  );

/** Turns a failed system call on the outbox into a message; anything else is returned as it is. */
export function outboxFailure(directory: string, error: unknown): unknown {
  const code = errnoOf(error);
  if (error instanceof GanError || code === undefined) return error;
  const what = isFull(code) ? "no space is left" : `it cannot be written (${code})`;
  return new GanError(
    isFull(code) ? "NO_SPACE" : "NOT_WRITABLE",
    `[mlflow ${directory}] ${what}, so how far runs were sent is not noted down; mend that and send the rest with: gan-arena sync`,
    { cause: error },
  );
}

/** Another process is sending the same thing to the same server. */
export const targetIsLocked = (id: string, owner: string, file: string): GanError =>
  new GanError(
    "NOT_WRITABLE",
    `[${id}] it is being sent to MLflow by ${owner}; wait for it (if that process is surely gone, delete ${file})`,
  );

/** Somebody deleted the run on the server; it is not made again behind their back. */
export const deletedOnServer = (id: string): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[mlflow ${id}] the run must be active on the server, got deleted; restore it there, or send it anew with: gan-arena sync ${id} --again`,
  );

/** The server gives addresses of a store that only it can write. */
export const artifactsRefused = (id: string, artifactUri: string): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[mlflow ${id}] pictures and files are not sent, for the server must keep artifacts itself (mlflow-artifacts:/…), got ` +
      `${JSON.stringify(artifactUri)}; start it with --serve-artifacts and remove the experiment there, for it keeps its place`,
  );
