/** @file The promise about translation: without a pair, cyclegan finds the mapping of a task whose answer is known. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunEvent } from "@gan-arena/core/base";
import { expect, it } from "vitest";
import { arenaJson, suiteFolder, type TrainDocument } from "../support/command.js";

const home = suiteFolder();

it("cyclegan inverts and tints digits it has never seen, with at most a fifth of the identity's error", async () => {
  const { directory } = await arenaJson<TrainDocument>([
    ..."train cyclegan --dataset digits-inverted --kimg 2.5 --metric-kimg 2.5 --threads 1".split(" "),
    ..."--metrics pair-error,swd-pixels2k --set blocks=2 --set criticFilters=16 --set identityLambda=0".split(" "),
    "--home",
    home,
  ]);
  const events = readFileSync(join(directory, "events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  const last = (name: string) => {
    const found = events.findLast((event) => event.kind === "metric" && event.name === name);
    if (found?.kind !== "metric") throw new Error(`${name} was not computed`);
    return { value: Number(found.value), samples: found.samples, details: found.details };
  };
  const error = last("pair-error");
  expect(error.samples).toBe(1000);
  // Fixed by the data: the paper is -1 in x and 1, 0.5 or -0.3 in y.
  expect(error.details?.["identity"]).toBeAllclose(1.393, 1e-3);
  expect(error.value).toBeGreaterThan(0);
  expect(error.value).toBeLessThan(1.393 / 5);
  const distance = last("swd-pixels2k");
  expect(distance.value).toBeLessThan(Number(distance.details?.["untranslated"]) / 5);
});
