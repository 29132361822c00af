/** @file Ten thousand rounds: what a run holds in memory after them is what it held before. Needs a build. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder, arenaJson, type TrainDocument } from "../support/command.js";

const KIMG_PER_ROUND = 0.256;
/** By then everything has been compiled, measured and drawn once, and the heap has its size. */
const WARM = 4_000;
const ROUNDS = 10_000;
const WINDOW = 1_000;

interface Health {
  readonly kind: string;
  readonly round: number;
  readonly values?: { readonly rssMiB?: number };
}

it("10,000 rounds on the ring leave the memory of a run flat within 5 %", async () => {
  const kimg = (WARM + ROUNDS) * KIMG_PER_ROUND;
  const { directory, peakMemoryMiB } = await arenaJson<TrainDocument>(
    `train gan --dataset ring --kimg ${kimg} --batch 256 --log-kimg 6.4 --metric-kimg 512 --home ${temporaryFolder()}`.split(
      " ",
    ),
  );
  const lines = readFileSync(join(directory, "events.jsonl"), "utf8").trim().split("\n");
  const samples = lines
    .map((line) => JSON.parse(line) as Health)
    .flatMap(({ kind, round, values }) => (kind === "health" && values?.rssMiB ? [{ round, rss: values.rssMiB }] : []));
  const median = (from: number) => {
    const inside = samples.filter(({ round }) => round >= from && round <= from + WINDOW).map(({ rss }) => rss);
    expect(inside.length).toBeGreaterThan(20);
    return inside.sort((a, b) => a - b)[inside.length >> 1] ?? Number.NaN;
  };
  expect(peakMemoryMiB).toBeGreaterThanOrEqual(Math.floor(Math.max(...samples.map(({ rss }) => rss))));
  expect(median(WARM + ROUNDS - WINDOW) / median(WARM - WINDOW)).toBeLessThan(1.05);
});
