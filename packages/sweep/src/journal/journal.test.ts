/** @file The journal: what was appended is there, whatever happens to the end of the file. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Journal, readJournal } from "./journal.js";
import { parseRecord, type JournalRecord } from "./records.js";

const root = mkdtempSync(join(tmpdir(), "gan-arena-journal-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const trial = (number: number): JournalRecord => ({ kind: "trial", trial: number, params: { lr: 0.1 }, seeds: [0] });
const end = (number: number, value: number): JournalRecord => ({
  kind: "end",
  trial: number,
  state: "complete",
  values: [value],
  seconds: 1,
  time: 1000 * number,
});
const text = (records: readonly JournalRecord[]) => records.map((record) => `${JSON.stringify(record)}\n`).join("");

test("records that many append at once are all there, in order, and on the disk when the promise resolves", async () => {
  const file = join(root, "many.jsonl");
  const journal = await Journal.open(file);
  const records = Array.from({ length: 200 }, (_, i) => trial(i));
  await Promise.all(records.map((record) => journal.append(record)));
  expect(readFileSync(file, "utf8")).toBe(text(records));
  await journal.append(end(3, 0.5));
  await journal.close();
  const read = await readJournal(file);
  expect(read.records).toEqual([...records, end(3, 0.5)]);
  expect(read.state.trials.get(3)).toMatchObject({ state: "complete", values: [0.5] });
  expect(read.state.trials.get(4)).toMatchObject({ state: "open", values: [] });
});

test.each([
  ["half a line", '{"kind":"end","tri'],
  ["a line of another kind", '{"kind":"later version","trial":1}\n'],
  ["zeros, as a power cut leaves them", "\0\0\0\0\0\0"],
  ["zeros with a line's end", "\0\0\0\n\0\0"],
  ["a record with a field missing", '{"kind":"end","trial":1}\n'],
])("a torn end is cut off and written over: %s", async (_what, torn) => {
  const file = join(root, "torn.jsonl");
  writeFileSync(file, text([trial(0), end(0, 1)]) + torn);
  const seen: JournalRecord[] = [];
  const journal = await Journal.open(file, (record) => void seen.push(record));
  expect(seen).toEqual([trial(0), end(0, 1)]);
  await journal.append(trial(1));
  await journal.close();
  expect(readFileSync(file, "utf8")).toBe(text([trial(0), end(0, 1), trial(1)]));
});

test("damage in the middle is refused with the line, for a trial may be told of there", async () => {
  const file = join(root, "damaged.jsonl");
  writeFileSync(file, `${text([trial(0)])}{"kind":"en\n${text([trial(1)])}`);
  await expect(Journal.open(file)).rejects.toThrow(/damaged\.jsonl:2\] the line must be a record of the journal/u);
});

test("what others append while it is read is not half there", async () => {
  const file = join(root, "reader.jsonl");
  writeFileSync(file, text([trial(0)]));
  appendFileSync(file, '{"kind":"trial","trial":1');
  expect((await readJournal(file)).records).toEqual([trial(0)]);
});

test("a file that is not there is an empty journal; one that cannot be opened is one sentence", async () => {
  expect((await readJournal(join(root, "none.jsonl"))).records).toEqual([]);
  await expect(Journal.open(join(root, "no-folder", "j.jsonl"))).rejects.toMatchObject({ code: "NOT_WRITABLE" });
});

test.each([
  ["no JSON", "x"],
  ["null", "null"],
  ["a list", "[]"],
  ["a kind that every object has", '{"kind":"toString"}'],
  ["a negative number", '{"kind":"reopen","trial":-1}'],
  ["text for a number", '{"kind":"report","trial":0,"step":"1","value":1}'],
])("is no record: %s", (_what, line) => expect(parseRecord(line)).toBeUndefined());

test("a trial that is opened again has lost its reports, runs and failure, and not its number of attempts", async () => {
  const file = join(root, "reopened.jsonl");
  const journal = await Journal.open(file);
  const about = { trial: 0, seed: 0 };
  for (const record of [
    trial(0),
    { kind: "attempt", ...about, job: "a", executor: "local" },
    { kind: "report", trial: 0, step: 1, value: "NaN" },
    { kind: "crash", ...about, message: "boom" },
    { kind: "end", trial: 0, state: "failed", values: [], message: "boom", seconds: 2, time: 7 },
    { kind: "reopen", trial: 0 },
  ] as JournalRecord[])
    await journal.append(record);
  await journal.close();
  const view = journal.state.trials.get(0);
  expect(view).toEqual({
    number: 0,
    params: { lr: 0.1 },
    seeds: [0],
    state: "open",
    values: [],
    runs: [],
    attempts: 1,
    crashes: 0,
    reopened: 1,
    seconds: 2,
  });
});

test("the time that was played is that of all sessions, without the nights between them: 3 s, nothing, 4 s", async () => {
  const journal = await Journal.open(join(root, "sessions.jsonl"));
  const session = (time: number): JournalRecord => ({ kind: "session", time, executor: "local", workers: 1 });
  for (const record of [session(0), trial(0), end(3, 1), session(500_000), session(996_000), trial(1), end(1000, 1)])
    await journal.append(record);
  await journal.close();
  expect(journal.state.seconds).toBe(7);
});
