/** @file Population based training with real runs: a trial that learns nothing takes over the weights of one that does. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { arenaJson, temporaryFolder } from "../support/command.js";

interface Sweep {
  readonly sweep: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly trials: readonly {
    readonly number: number;
    readonly params: Readonly<Record<string, unknown>>;
    readonly values: readonly number[];
    readonly runs: readonly string[];
  }[];
}
interface Exploit {
  readonly kind: string;
  readonly trial: number;
  readonly from: number;
  readonly step: number;
  readonly params: Readonly<Record<string, unknown>>;
}

it("the worse of two copies the better on the way, and ends about as well", async () => {
  const home = temporaryFolder();
  const file = join(home, "pbt.yaml");
  // A rate of 1e-7 moves nothing in 400 kimg; both are played at once, for a population of one has no worse half.
  writeFileSync(
    file,
    `method: grid
metric: { name: swd-points2k }
variants: [gan]
spaces: { gan: { lr: { values: [1.0e-7, 2.0e-3] } } }
early_terminate: { type: pbt, interval: 80, quantile: 0.5, resample: 0 }
dataset: ring
budget: { kimg: 400 }
threads: 1
`,
  );
  const sweep = await arenaJson<Sweep>(["sweep", file, "--workers", "2", "--home", home]);
  expect(sweep.counts).toMatchObject({ complete: 2, failed: 0, open: 0 });
  const exploits = readFileSync(join(home, "sweeps", sweep.sweep, "journal.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"exploit"'))
    .map((line) => JSON.parse(line) as Exploit);
  expect(exploits.length).toBeGreaterThan(0);
  const stuck = sweep.trials.find(({ number }) =>
    exploits.some(({ trial, from }) => trial === number && from !== number),
  );
  expect(stuck?.runs).toEqual([expect.stringMatching(/-fork\d+$/u)]);
  // The ring as 1e-7 leaves it is at 1.1; the good rate comes below 0.6.
  for (const { values } of sweep.trials) expect(values[0]).toBeLessThan(0.8);
  expect(readdirSync(join(home, "runs")).length).toBe(2 + exploits.length);
});
