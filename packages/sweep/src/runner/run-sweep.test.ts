/** @file The runner with trials that are functions: scheduling, ends, and taking up after a kill. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { brief, freshFile, Place, score, session, Study, type Play } from "../../test-support/runner.js";
import type { JournalRecord } from "../journal/index.js";
import { median, trialSeed } from "./seeds.js";

test("plays as many trials as asked for, and tells the study each of them once", async () => {
  const { stop, trials, study } = await session(new Place(score));
  expect(stop).toBe("done");
  expect(brief(trials)).toEqual([
    [0, "complete", 0],
    [1, "complete", 10],
    [2, "complete", 20],
  ]);
  expect(study.told.slice(0, 4)).toEqual(['begin 0 {"x":0}', "report 0 1 1", "report 0 2 0", "end 0 complete 0"]);
});

test("ends when the study has nothing more to try", async () => {
  const { stop, trials } = await session(new Place(score), { study: new Study(2) });
  expect([stop, trials.length]).toEqual(["done", 2]);
});

test("the value of a trial is the median over its seeds", async () => {
  const place = new Place(score);
  // x = 0 with seeds 0, 1 and 7: 0, 1, 7, the median 1.
  const { trials } = await session(place, { trials: 1, seedsOf: () => [0, 1, 7] });
  expect(brief(trials)).toEqual([[0, "complete", 1]]);
  expect(place.jobs.map(({ name, seed }) => [name, seed])).toEqual([
    ["s-t0000-s0-a0", 0],
    ["s-t0000-s1-a1", 1],
    ["s-t0000-s2-a2", 7],
  ]);
});

test("workers share the trials, never more than there are places; one or four give the same results", async () => {
  const one = await session(new Place(score), { trials: 9 });
  // Slower than the disk, or the first would end before the fourth begins.
  const slow: Play = async (...words) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return score(...words);
  };
  const place = new Place(slow);
  const four = await session(place, { trials: 9, workers: 4 });
  expect(place.most).toBe(4);
  expect(brief(four.trials)).toEqual(brief(one.trials));
  const narrow = new Place(slow, 2);
  await session(narrow, { trials: 9, workers: 4 });
  expect(narrow.most).toBe(2);
});

test("a place that has no room is asked again", async () => {
  const place = new Place(score);
  let asked = 0;
  place.slots = () => Promise.resolve(asked++ === 0 ? 0 : 1);
  const { trials } = await session(place, { trials: 1 });
  expect(brief(trials)).toEqual([[0, "complete", 0]]);
});

test("interrupted, the trials under way are told to stop and stay open", async () => {
  const controller = new AbortController();
  const file = freshFile();
  const slow: Play = async (_job, _say, stopped) => {
    controller.abort();
    await stopped;
    return { exitCode: 130 };
  };
  const { stop, trials } = await session(new Place(slow), { file, signal: controller.signal, workers: 2 });
  expect(stop).toBe("interrupted");
  expect(trials.every(({ state }) => state === "open")).toBe(true);
  const after = await session(new Place(score), { file });
  expect(brief(after.trials).map(([number, state]) => [number, state])).toEqual([
    [0, "complete"],
    [1, "complete"],
    [2, "complete"],
  ]);
});

test("when the time is over no trial is begun any more; what was played before counts", async () => {
  const file = freshFile();
  const records: JournalRecord[] = [
    { kind: "session", time: 0, executor: "stub", workers: 1 },
    { kind: "trial", trial: 0, params: { x: 0 }, seeds: [0] },
    { kind: "end", trial: 0, state: "complete", values: [0], seconds: 60, time: 60_000 },
  ];
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const over = await session(new Place(score), { file, seconds: 59 });
  expect([over.stop, over.trials.length]).toEqual(["time", 1]);
  const more = await session(new Place(score), { file, seconds: 3600 });
  expect([more.stop, more.trials.length]).toEqual(["done", 3]);
});

test("a target that is reached ends the sweep", async () => {
  const { stop, trials } = await session(new Place(score), {
    trials: 50,
    objectives: [{ name: "m", goal: "maximize", target: 20 }],
  });
  expect([stop, trials.length]).toEqual(["target", 3]);
});

test("cut at every line of its journal, a sweep goes on to the same trials, values and suggestions", async () => {
  // Trial 11 is 110 and pruned at its first report, 111; trial 4 crashes once.
  let crashed = false;
  const play: Play = async (job, say, stopped) => {
    if (job.trial === 4 && !crashed) {
      crashed = true;
      return { exitCode: 1 };
    }
    return score(job, say, stopped);
  };
  const whole = await session(new Place(play), { trials: 13 });
  const lines = readFileSync(whole.file, "utf8").trimEnd().split("\n");
  const expected = whole.trials.map(({ number, params, state, values }) => ({ number, params, state, values }));
  const tellings = (study: Study) => study.told.filter((line) => !line.startsWith("report"));
  expect(lines.length).toBeGreaterThan(60);
  // All at once: each waits for the disk most of its time.
  const cuts = Array.from({ length: lines.length + 1 }, async (_, cut) => {
    const file = freshFile();
    // The line that was being written is torn in its middle.
    writeFileSync(file, [...lines.slice(0, cut), (lines[cut] ?? "").slice(0, 15)].join("\n"));
    const resumed = await session(new Place(score), { file, trials: 13 });
    expect(resumed.trials.map(({ number, params, state, values }) => ({ number, params, state, values }))).toEqual(
      expected,
    );
    expect(tellings(resumed.study)).toEqual(tellings(whole.study));
  });
  await Promise.all(cuts);
}, 30_000);

describe("seeds", () => {
  test("depend on the sweep's seed and the trial's number, and on nothing else", () => {
    const seeds = Array.from({ length: 1000 }, (_, trial) => trialSeed(7, trial));
    expect(new Set(seeds).size).toBe(1000);
    expect(seeds[3]).toBe(trialSeed(7, 3));
    expect(trialSeed(8, 3)).not.toBe(trialSeed(7, 3));
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
  });
  test.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[5], 5],
    [[1, Infinity, Infinity], Infinity],
    [[1, Number.NaN], Number.NaN],
    [[], Number.NaN],
  ])("median of %j is %d", (values, expected) => expect(median(values)).toBe(expected));
});
