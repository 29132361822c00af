/** @file Ten thousand trials: the memory of the runner does not grow with them, but for the little that is known of each. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMMAND, start, temporaryFolder } from "../support/command.js";
import { ROOT } from "../support/repository.js";

const TRIALS = 10_000;

interface Sample {
  /** Bytes of the journal: how far the sweep is. */
  readonly journal: number;
  readonly rssMiB: number;
  readonly files: number;
}

/** The slope of a line through the points, by least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  const up = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return up / points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

it.runIf(process.platform === "linux")("10,000 stub trials leave memory and open files flat", async () => {
  const home = temporaryFolder();
  const file = join(home, "many.yaml");
  writeFileSync(
    file,
    `method: random
metric: { name: swd-points2k }
variants: [gan]
parameters:
  lr: { distribution: log_uniform_values, min: 1.0e-5, max: 1.0e-2 }
  beta1: { min: 0.0, max: 0.9 }
dataset: ring
budget: { kimg: 4 }
run_cap: ${TRIALS}
`,
  );
  const plugin = join(ROOT, "tests", "e2e", "plugins", "stub-executor.js");
  const words = ["sweep", file, "--plugin", plugin, "--executor", "stub", "--workers", "32", "--home", home];
  const { child, ended } = start(process.execPath, [COMMAND, ...words]);
  const sweeps = join(home, "sweeps");
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    const [id] = existsSync(sweeps) ? readdirSync(sweeps) : [];
    const journal =
      id === undefined ? undefined : statSync(join(sweeps, id, "journal.jsonl"), { throwIfNoEntry: false });
    if (!journal) return;
    try {
      const rss = /VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
      const files = readdirSync(`/proc/${child.pid}/fd`).length;
      samples.push({ journal: journal.size, rssMiB: Number(rss) / 1024, files });
    } catch {
      // It has ended.
    }
  }, 250);
  const { code, stdout } = await ended;
  clearInterval(timer);
  expect(code).toBe(0);
  expect(stdout).toContain(`${TRIALS} complete`);

  const total = samples.at(-1)?.journal ?? 0;
  // The first fifth fills the heap's young generation and the caches of the compiler.
  const settled = samples.filter(({ journal }) => journal > total / 5 && journal < total);
  expect(settled.length).toBeGreaterThan(10);
  const perTrial = (1024 * slope(settled.map(({ journal, rssMiB }) => [(journal / total) * TRIALS, rssMiB]))) | 0;
  // What is known of a trial, its settings, its four values on the way, its result, is a few KiB.
  expect(perTrial).toBeLessThan(8);
  const files = settled.map((sample) => sample.files);
  expect(Math.max(...files) - Math.min(...files)).toBeLessThanOrEqual(2);
  const [first, last] = [settled[0], settled.at(-1)];
  console.log(
    `rss ${first?.rssMiB.toFixed(0)} MiB at a fifth, ${last?.rssMiB.toFixed(0)} MiB at the end: ${perTrial} KiB a trial`,
  );
});
