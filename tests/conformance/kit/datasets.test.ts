/** @file The data sets that need no file to be fetched pass the suite for data sets; wrong ones do not. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { float32, type AnyDataset, type DataSource } from "@gan-arena/core/base";
import { datasetChecks, ringPoints, runChecks, testDataset } from "@gan-arena/core/testing";
import { grid, ring } from "@gan-arena/datasets";
import { describe, expect, it } from "vitest";

const home = mkdtempSync(join(tmpdir(), "gan-arena-"));

for (const dataset of [ring, grid]) testDataset(dataset, { home, describe, it });

/** The ring of the kit as a data set, with some of it replaced. */
const withSource = (change: (source: DataSource) => Partial<DataSource>): AnyDataset => ({
  ...ring,
  name: "odd",
  open: () => {
    const sound = ringPoints();
    const train = { ...sound, ...change(sound) };
    const shifted = (source: DataSource): DataSource => ({
      ...source,
      fingerprint: `${source.fingerprint}/test`,
      batch: ({ seed, position }, n) => source.batch({ seed: seed + 1000, position }, n),
    });
    return Promise.resolve({ train, test: shifted(train) });
  },
});

/** What fails first, and why. */
async function verdict(dataset: AnyDataset): Promise<string> {
  const results = await runChecks(datasetChecks({ dataset, home }));
  const failed = results.find(({ status }) => status === "failed");
  return failed ? `${failed.name}: ${failed.message}` : "sound";
}

describe("testDataset", () => {
  it("passes the ring of the kit", async () => {
    expect(await verdict(withSource(() => ({})))).toBe("sound");
  });
  it.each<readonly [string, (source: DataSource) => Partial<DataSource>, RegExp]>([
    [
      "a sample that depends on its batch",
      (source) => ({
        batch: (cursor, n) => ({
          x: float32([n, 2], source.batch(cursor, n)["x"].data.map((value) => value + n) as Float32Array),
        }),
      }),
      /^a function of seed and position: \[odd\/train\] sample 0 of "x" must be the same alone and as number 0 of a batch/u,
    ],
    [
      "a field of another shape",
      () => ({ batch: (_, n) => ({ x: float32([n, 3]) }) }),
      /^specification: \[odd\/train\] batch\(\) must serve "x" as float32 \[24,2\], got float32 \[24,3\]/u,
    ],
    [
      "NaN",
      () => ({ batch: (_, n) => ({ x: float32([n, 2], new Float32Array(2 * n).fill(NaN)) }) }),
      /^values: \[odd\/train\] "x" must be finite, got NaN/u,
    ],
    [
      "what is left of an earlier batch",
      (source) => ({
        batch: (cursor, n, into) => {
          const { x } = source.batch(cursor, n);
          if (into) x.data[3] = into["x"].data[3];
          return { x };
        },
      }),
      /^fills an earlier batch: \[odd\/train\] "x" must be the same in arrays of its own and in those of an earlier batch of 24/u,
    ],
    [
      "samples that no seed changes",
      (source) => ({ batch: ({ position }, n) => source.batch({ seed: 0, position }, n) }),
      /^seeds differ: \[odd\/train\] seeds 0 and 1 must give different samples/u,
    ],
    [
      "points that call themselves images too",
      ({ spec }) => ({ spec: { ...spec, image: { height: 1, width: 1, channels: 2 } } }),
      /^specification: .*exactly one of spec\.image and spec\.points must be set, got both/u,
    ],
  ])("finds %s", async (_, change, says) => {
    expect(await verdict(withSource(change))).toMatch(says);
  });
});
