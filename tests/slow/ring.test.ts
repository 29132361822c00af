/** @file The promise about the ring: with its defaults the GAN finds all eight modes, and its points are on them. */
import { expect, it } from "vitest";
import { arenaJson, suiteFolder } from "../support/command.js";

interface Comparison {
  readonly cells: readonly {
    readonly seed: number;
    readonly status: string;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}

const home = suiteFolder();

it("gan with its defaults covers 8 modes with more than 90 % high quality for at least 4 of seeds 0 to 4", async () => {
  const words = ["compare", "--variants", "gan", "--dataset", "ring", "--seeds", "0,1,2,3,4"];
  const { cells } = await arenaJson<Comparison>([
    ...words,
    "--metrics",
    "modes2500,hq2500",
    "--metric-kimg",
    "1000000",
    "--home",
    home,
  ]);
  const results = cells.map(({ seed, status, metrics }) => ({
    seed,
    status,
    modes: metrics["modes2500"],
    hq: metrics["hq2500"],
  }));
  console.info(JSON.stringify(results));
  const good = results.filter(({ status, modes, hq }) => status === "finished" && modes === 8 && (hq ?? 0) > 0.9);
  expect(results).toHaveLength(5);
  // Shown whole when it fails.
  expect({ good: good.length >= 4, results }).toEqual({ good: true, results });
});
