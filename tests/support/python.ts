/**
 * @file Python with packages of its own, in virtual environments of the tests, made once and kept with the packages.
 *
 * Where there is no `python3` (3.10 or newer) the tests that need it are skipped, except in CI (`CI` is set), where they fail.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./repository.js";

const PACKAGES = ["onnxruntime>=1.20", "numpy>=1.26"] as const;
const CACHE = join(ROOT, "node_modules", ".cache", "gan-arena-tests");
const onWindows = process.platform === "win32";

const interpreterIn = (folder: string): string =>
  onWindows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");

function run(program: string, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: "utf8", timeout: 240_000 });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")} failed: ${error?.message ?? stderr.slice(-2000)}`);
  return stdout;
}

/** Undefined when Python's tests can be run, else what to do to have them run. */
export function pythonMissing(): string | undefined {
  if (process.env["CI"]) return undefined;
  const probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  if (spawnSync("python3", ["-c", probe]).status === 0) return undefined;
  return "install Python 3.10 or newer (with venv) as python3 to check exported files with Python's onnxruntime";
}

/**
 * The interpreter of an environment, made when it is not there: a minute and a connection to a package index, once.
 * @throws Error when Python or its packages cannot be had
 */
export function pythonWith(name: string, packages: readonly string[]): string {
  const folder = join(CACHE, name);
  if (!existsSync(interpreterIn(folder))) {
    // Made under another name and renamed when it is whole, so that an interrupted attempt is not taken for an environment.
    const attempt = `${folder}-${process.pid}`;
    mkdirSync(dirname(folder), { recursive: true });
    run("python3", ["-m", "venv", attempt]);
    run(interpreterIn(attempt), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
    try {
      renameSync(attempt, folder);
    } catch {
      // Another process was faster.
      rmSync(attempt, { recursive: true, force: true });
    }
  }
  return interpreterIn(folder);
}

export const pythonWithOnnx = (): string => pythonWith("python", PACKAGES);

/** Runs a script. @returns what it prints */
export const python = (script: string, words: readonly string[]): string =>
  run(pythonWithOnnx(), ["-c", script, ...words]);
