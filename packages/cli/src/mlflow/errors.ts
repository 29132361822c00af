/** @file Messages about the local MLflow server. */
import { GanError } from "@gan-arena/core/base";

export const noPython = (tried: readonly string[]): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[mlflow] Python 3.10 or newer with venv is needed to run a server, found none (tried ${tried.join(", ")}); ` +
      "install it, or name one with --python",
  );

/** @param advice the command that makes the environment */
export const noEnvironment = (folder: string, advice: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[mlflow] MLflow is not installed at ${folder}; make the environment (about 1 GB, some minutes) with: ${advice}`,
  );

export const noMlflow = (python: string, cause?: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[mlflow] ${python} has no package mlflow; install it there or leave --python out`,
    {
      cause,
    },
  );

export const installFailed = (said: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[mlflow] the environment could not be made: ${said}; check the connection and try again`,
  );

export const notStarted = (said: string, log: string): GanError =>
  new GanError("MISSING_DEPENDENCY", `[mlflow] the server did not start: ${said}; see ${log}`);

export const serverEnded = (said: string, log: string): GanError =>
  new GanError("MISSING_DEPENDENCY", `[mlflow] the server ended by itself: ${said}; see ${log}`);

export const portTaken = (host: string, port: number): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[mlflow] port ${port} of ${host} must be free, something listens there; choose another with --port`,
  );

export const hostUnknown = (host: string, code: string): GanError =>
  new GanError("BAD_CONFIG", `[mlflow] ${host} is no address of this machine (${code}); choose another with --host`);

export const alreadyServed = (folder: string, url: string): GanError =>
  new GanError("BAD_CONFIG", `[mlflow] ${folder} is served already at ${url}; use that server, or stop it first`);
