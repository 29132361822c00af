/** @file A Python environment with MLflow in it, made once per version in the user's cache and used by every home. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { cacheFolder } from "../folders.js";
import { installFailed, noMlflow, noPython } from "./errors.js";

/** The newest version whose whole set of packages can be had; 2.22 is the last of the old line. */
const MLFLOW_VERSION = "3.17.2";

/** What pip must be told besides the version. MLflow 2.22 allows SQLAlchemy 2.1, which it cannot load. */
const REQUIREMENTS: Readonly<Record<string, readonly string[]>> = { "2": ["sqlalchemy<2.1"] };

const onWindows = process.platform === "win32";

/** The folder of a version's environment. @param version exact, or with a star: "2.22.*" */
export function environmentFolder(version = MLFLOW_VERSION): string {
  return join(cacheFolder(), `mlflow-${version.replaceAll("*", "x")}`);
}

/** The interpreter of an environment, there or not. */
export const pythonIn = (folder: string): string =>
  onWindows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");

export const isMade = (folder: string): boolean => existsSync(pythonIn(folder));

export interface InstallOptions {
  /** Default: {@link MLFLOW_VERSION}. */
  readonly version?: string;
  /** To be installed besides MLflow. */
  readonly packages?: readonly string[];
  /** Told what is going on, a line at a time. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes an environment unless it is there. It gets its name when it is whole.
 * @returns its interpreter @throws GanError MISSING_DEPENDENCY without Python or without a package index
 */
export async function makeEnvironment(folder: string, options: InstallOptions): Promise<string> {
  if (isMade(folder)) return pythonIn(folder);
  const { version = MLFLOW_VERSION, packages: more = [], onProgress } = options;
  const python = await findPython();
  const attempt = `${folder}.${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  try {
    onProgress(`making a Python environment with MLflow ${version} at ${folder} (about 1 GB, some minutes)`);
    await run(python, ["-m", "venv", attempt], options);
    const packages = [`mlflow==${version}`, ...(REQUIREMENTS[version.split(".")[0] ?? ""] ?? []), ...more];
    const install = ["-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check", ...packages];
    await run(pythonIn(attempt), install, options);
    // LIMIT: scripts inside name the folder of the attempt; we only ever run `python -m mlflow`, which does not use them.
    await rename(attempt, folder);
  } catch (error) {
    await rm(attempt, { recursive: true, force: true });
    // Another process may have been faster.
    if (!isMade(folder)) throw error;
  }
  return pythonIn(folder);
}

/** The version of MLflow that an interpreter has. @throws GanError MISSING_DEPENDENCY when it has none */
export async function mlflowVersion(python: string): Promise<string> {
  const script = "import importlib.metadata as m; print(m.version('mlflow'))";
  try {
    return (await run(python, ["-c", script], { onProgress: () => undefined })).trim();
  } catch (cause) {
    throw noMlflow(python, cause);
  }
}

async function findPython(): Promise<string> {
  const candidates = onWindows ? ["python", "py"] : ["python3", "python"];
  const probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  for (const candidate of candidates) {
    const works = await run(candidate, ["-c", probe], { onProgress: () => undefined }).then(
      () => true,
      () => false,
    );
    if (works) return candidate;
  }
  throw noPython(candidates);
}

/** Runs a program and reports its lines. @returns what it wrote to stdout */
function run(program: string, words: readonly string[], { onProgress, signal }: InstallOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], ...(signal ? { signal } : {}) });
    let [stdout, last] = ["", ""];
    createInterface(child.stdout).on("line", (line) => {
      stdout += `${line}\n`;
      if (line.trim()) onProgress(line.trim());
    });
    createInterface(child.stderr).on("line", (line) => void (last = line.trim() || last));
    child.on("error", (error) =>
      reject(signal?.aborted ? signal.reason : installFailed(`${program}: ${error.message}`)),
    );
    child.on("close", (code) =>
      code === 0 ? resolve(stdout) : reject(installFailed(last || `${program} ended with ${code}`)),
    );
  });
}
