/** @file Sweeps in the store: made once, found by the start of a name, played by one process at a time. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newSweepId } from "./ids.js";
import { SweepStore, type SweepRecord } from "./sweeps.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "gan-arena-sweeps-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const record = (sweepId: string): SweepRecord => ({
  formatVersion: 1,
  sweepId,
  createdAt: "2026-11-24T10:00:00.000Z",
  spec: { file: "a.yaml", text: "method: grid" },
  options: { workers: 2 },
});

test("what was stored is there again, by the start of its name", async () => {
  const store = SweepStore.open(home);
  const { id, directory, journalFile } = await store.create(record("20261124-sweep-a"));
  expect(journalFile).toBe(join(home, "sweeps", "20261124-sweep-a", "journal.jsonl"));
  expect(store.get("2026")).toMatchObject({ id, directory, record: record(id), owner: undefined });
  await store.create(record("20261125-sweep-b"));
  expect(store.list().map((sweep) => sweep.id)).toEqual(["20261125-sweep-b", "20261124-sweep-a"]);
  await expect(store.create(record(id))).rejects.toThrow(/there is a sweep of this name already/u);
  expect(() => store.get("2027")).toThrow(/there is no sweep "2027"/u);
});

test("one holds a lock, another is refused with its owner, and each part has one of its own", async () => {
  const store = SweepStore.open(home);
  const { id } = await store.create(record("s1"));
  const lock = await store.lock(id);
  expect(store.get(id).owner).toBe("this process");
  await expect(store.lock(id)).rejects.toThrow(
    /^\[s1\] the sweep is being played by this process; wait for it or stop it, and look at it meanwhile with: gan-arena sweep show s1/u,
  );
  await (await store.lock(id, "trial-3")).release();
  await lock.release();
  await (await store.lock(id)).release();
  expect(store.get(id).owner).toBeUndefined();
});

test("files are put in place as a whole", async () => {
  const store = SweepStore.open(home);
  const { id } = await store.create(record("s1"));
  expect(readFileSync(await store.write(id, "report.html", "<p>"), "utf8")).toBe("<p>");
  await expect(store.write(id, "../x", "")).rejects.toThrow(/a name must be letters/u);
});

test.each([
  ["no sweep.json", undefined, /the file is missing/u],
  ["half a sweep.json", "{", /it must be JSON/u],
  ["no spec", JSON.stringify({ formatVersion: 1, sweepId: "s1", options: {} }), /spec must be an object/u],
])("a damaged sweep is one sentence, and left out of the list: %s", (_what, text, message) => {
  mkdirSync(join(home, "sweeps", "s1"), { recursive: true });
  if (text !== undefined) writeFileSync(join(home, "sweeps", "s1", "sweep.json"), text);
  const store = SweepStore.open(home);
  expect(() => store.get("s1")).toThrow(message);
  expect(store.list()).toEqual([]);
});

test("a fresh name says when and what", () => {
  const now = new Date("2026-11-23T14:05:01Z");
  expect(newSweepId("Quick one!", { now, random: () => 0 })).toBe("20261123-140501-sweep-quick-one-2222");
});
