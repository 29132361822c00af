/** @file What the store's tests share: temporary homes, a spec, events with numbers that say which they are. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent, RunSpec } from "@gan-arena/core/base";
import { afterEach } from "vitest";

const made: string[] = [];

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A fresh folder that is removed after the test. */
export function temporaryHome(): string {
  const directory = mkdtempSync(join(tmpdir(), "gan-arena-store-"));
  made.push(directory);
  return directory;
}

export const specOf = (runId: string, changes: Partial<RunSpec> = {}): RunSpec => ({
  formatVersion: 1,
  runId,
  variant: "dcgan",
  config: { zDim: 64 },
  dataset: "mnist",
  datasetConfig: {},
  dataFingerprint: "f00d",
  seed: 0,
  options: { kimg: 10, batchSize: 64, logKimg: 1, checkpointKimg: 1, pictureKimg: 1, metricKimg: 5 },
  metrics: ["swd2k"],
  engine: { engine: "cpu", versions: {}, threads: 1, choices: {} },
  plugins: [],
  createdAt: "2026-11-23T14:05:01.000Z",
  versions: { node: "20" },
  machine: { cores: 2 },
  ...changes,
});

/** Round r is at r/10 kimg, 2 r gradient evaluations, r/100 seconds. */
export const at = (round: number) => ({
  time: 1_000 + round,
  round,
  kimg: round / 10,
  gradientEvaluations: 2 * round,
  seconds: round / 100,
});

export const terms = (round: number, value: number): RunEvent => ({
  ...at(round),
  kind: "terms",
  values: { "D/adversarial": value },
});

export const metric = (round: number, value: number | "NaN", name = "swd2k"): RunEvent => ({
  ...at(round),
  kind: "metric",
  name,
  protocol: `${name} on mnist`,
  better: "lower",
  value,
  samples: 2000,
  split: "test",
});

export const status = (
  round: number,
  value: "running" | "finished" | "interrupted" | "failed",
  message?: string,
): RunEvent => ({
  ...at(round),
  kind: "status",
  status: value,
  ...(message === undefined ? {} : { message }),
});

export const image = (round: number, file = `images/samples-${round}.png`): RunEvent => ({
  ...at(round),
  kind: "image",
  name: "samples",
  file,
});
