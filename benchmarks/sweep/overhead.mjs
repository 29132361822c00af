/**
 * @file What the runner of sweeps adds to trials: the time in which a worker has nothing to do between two of them.
 *
 *     node benchmarks/sweep/overhead.mjs [--trials 6] [--workers 2] [--seconds 10]
 *
 * Trials are stubs that sleep, so that the machine's own speed does not matter; they report on the way, and everything is
 * journalled as always. 0 % would be a worker that begins the next trial at the moment at which the last one ends.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "../lib/machine.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "6" },
    workers: { type: "string", default: "2" },
    seconds: { type: "string", default: "10" },
  },
});
const [trials, workers, seconds] = [values.trials, values.workers, values.seconds].map(Number);

const SPEC = `method: tpe
metric: { name: swd-points2k }
variants: [gan]
parameters:
  lr: { distribution: log_uniform_values, min: 1.0e-5, max: 1.0e-2 }
  beta1: { min: 0.0, max: 0.9 }
dataset: ring
budget: { kimg: 4 }
run_cap: ${trials}
`;

/** Milliseconds at which jobs were begun and ended, in order. */
function play(folder) {
  const [file, log] = [join(folder, "sweep.yaml"), join(folder, "log")];
  writeFileSync(file, SPEC);
  const plugin = join(ROOT, "tests", "e2e", "plugins", "stub-executor.js");
  const words = ["sweep", file, "--plugin", plugin, "--executor", "stub", "--workers", `${workers}`, "--home", folder];
  const env = { ...process.env, STUB_MS: `${1000 * seconds}`, STUB_LOG: log };
  execFileSync(process.execPath, [join(ROOT, "packages", "cli", "bin", "gan-arena.js"), ...words], {
    env,
    stdio: "pipe",
  });
  return readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => ({ what: line.split(" ")[0], at: Number(line.split(" ").at(-1)) }));
}

const folder = mkdtempSync(join(tmpdir(), "gan-arena-overhead-"));
try {
  const events = play(folder);
  const begins = events.filter(({ what }) => what === "begin").map(({ at }) => at);
  const ends = events.filter(({ what }) => what === "end").map(({ at }) => at);
  const span = (Math.max(...ends) - Math.min(...begins)) / 1000;
  // Every worker plays as many in a row as the busiest one has to.
  const ideal = Math.ceil(trials / workers) * seconds;
  // The n-th end frees the worker that the (n + workers)-th begin takes.
  const gaps = begins.slice(workers).map((at, i) => at - ends[i]);
  console.log(JSON.stringify(describeMachine()));
  console.log(`${trials} trials of ${seconds} s, ${workers} workers: ${span.toFixed(2)} s, ${ideal} s would be ideal`);
  console.log(
    `overhead ${((100 * (span - ideal)) / ideal).toFixed(2)} %; between trials ${gaps.map((gap) => gap.toFixed(0)).join(", ")} ms`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
