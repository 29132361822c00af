import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { metric, temporaryHome, terms } from "../../test-support/support.js";
import { readOn, START } from "./tail.js";

const lines = (...events: unknown[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");

test("reads whole lines, leaves half a line for later, and goes on there", () => {
  const file = join(temporaryHome(), "events.jsonl");
  expect(readOn(file, START)).toBeUndefined();
  const [first, second] = [lines(terms(1, 0.5)), lines(terms(2, 0.25))];
  writeFileSync(file, first + second.slice(0, 10));
  const one = readOn(file, START);
  expect(one?.events).toEqual([terms(1, 0.5)]);
  expect(one?.end.offset).toBe(first.length);
  expect(readOn(file, one?.end ?? START)).toBeUndefined();
  appendFileSync(file, second.slice(10));
  expect(readOn(file, one?.end ?? START)?.events).toEqual([terms(2, 0.25)]);
});

test("a limit of 200 bytes gives the events one or two at a time, and a longer line all the same", () => {
  const file = join(temporaryHome(), "events.jsonl");
  const long = { ...metric(3, 1), protocol: "x".repeat(1000) };
  writeFileSync(file, lines(terms(1, 1), terms(2, 2), long, terms(4, 4)));
  const rounds: number[][] = [];
  for (let place = START, chunk = readOn(file, place, 200); chunk; chunk = readOn(file, place, 200)) {
    rounds.push(chunk.events.map(({ round }) => round));
    place = chunk.end;
  }
  expect(rounds.flat()).toEqual([1, 2, 3, 4]);
  expect(rounds.length).toBeGreaterThanOrEqual(3);
});

test("a file that lost its end and grew again is read from its start", () => {
  const file = join(temporaryHome(), "events.jsonl");
  writeFileSync(file, lines(terms(1, 1), terms(2, 2)));
  const { end } = readOn(file, START) ?? { end: START };
  truncateSync(file, lines(terms(1, 1)).length);
  expect(readOn(file, end)?.events).toEqual([terms(1, 1)]);
  // As long as before, and another line: the place alone would not tell.
  appendFileSync(file, lines(terms(2, 9)));
  expect(readOn(file, end)?.events).toEqual([terms(1, 1), terms(2, 9)]);
});
