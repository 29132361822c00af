/** @file The built command, run as a user runs it. */
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished } from "vitest";
import { ROOT } from "./repository.js";

export const COMMAND = join(ROOT, "packages", "cli", "bin", "gan-arena.js");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Default: the root of the repository. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a program; `ended` resolves with all that it said. The test ends it if it is still there. */
export function start(
  program: string,
  words: readonly string[],
  { cwd = ROOT, env = {} }: RunOptions = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(program, words, { cwd, env: { ...process.env, NO_COLOR: "1", ...env }, stdio: "pipe" });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs `gan-arena …` to its end. */
export const arena = (words: readonly string[], options?: RunOptions): Promise<Ended> =>
  start(process.execPath, [COMMAND, ...words], options).ended;

/** Runs `gan-arena … --json`, which must succeed, and returns its document. */
export async function arenaJson<T>(words: readonly string[], options?: RunOptions): Promise<T> {
  const { code, stdout, stderr } = await arena([...words, "--json"], options);
  expect({ code, stderr, document: code === 0 ? "" : stdout }).toEqual({ code: 0, stderr, document: "" });
  return JSON.parse(stdout) as T;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gan-arena-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that is gone after the tests of the file or of the `describe` in which this is called. */
export function suiteFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gan-arena-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** sha256 of every file below a folder, by path: equal when nothing was added, lost or changed. */
export function fingerprint(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const hash = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
  return Object.fromEntries(
    files.map((file) => {
      const path = join(folder, file);
      return [file, statSync(path).isDirectory() ? "folder" : hash(path)];
    }),
  );
}

/** What `train --json` prints. */
export interface TrainDocument {
  readonly runId: string;
  readonly variant: string;
  readonly dataset: string;
  readonly seed: number;
  readonly status: string;
  readonly kimg: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
  readonly peakMemoryMiB: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly weightsSha256: string;
  readonly directory: string;
  readonly picture?: string;
}

/** Ten rounds of a small network on points: under three seconds in all, most of it starting up. */
export const TINY = [
  "--kimg",
  "0.32",
  "--batch",
  "32",
  "--set",
  "hidden=8",
  "--metrics",
  "swd-points2k",
  "--metric-kimg",
  "1",
  "--threads",
  "1",
];

export const trainTiny = (home: string, more: readonly string[] = []): Promise<TrainDocument> =>
  arenaJson<TrainDocument>(["train", "gan", "--dataset", "ring", ...TINY, ...more, "--home", home]);
