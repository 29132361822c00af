import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import { image, metric, status, temporaryHome, terms } from "../test-support/support.js";
import { curvesOf } from "./curves.js";
import { EventLog, soundLength } from "./event-log.js";
import { foldEvents, latestEvents, parseEvent, readEvents, readTail } from "./events.js";
import { nodeFileSystem, type FileSystem } from "./file-system.js";

const fileWith = (text: string | Uint8Array): string => {
  const file = join(temporaryHome(), "events.jsonl");
  writeFileSync(file, text);
  return file;
};
const lines = (events: readonly RunEvent[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const collect = async (file: string): Promise<RunEvent[]> => {
  const events: RunEvent[] = [];
  for await (const event of readEvents(file)) events.push(event);
  return events;
};

describe("reading", () => {
  it("gives no events for a file that is not there", async () => {
    const file = join(temporaryHome(), "events.jsonl");
    expect(await collect(file)).toEqual([]);
    expect(readTail(file)).toEqual({ events: [], whole: true });
    expect(soundLength(file)).toBe(0);
  });

  it("passes over the torn last line at whatever byte the process was killed", async () => {
    const whole = [terms(1, 0.5), metric(2, 3), status(3, "interrupted", "Größe µ")];
    const text = Buffer.from(lines(whole));
    const ends = whole.map((_, i) => Buffer.byteLength(lines(whole.slice(0, i + 1))));
    for (let cut = 0; cut <= text.length; cut++) {
      const file = fileWith(text.subarray(0, cut));
      const complete = ends.filter((end) => end <= cut).length;
      expect(await collect(file)).toEqual(whole.slice(0, complete));
      expect(readTail(file).events).toEqual(whole.slice(0, complete));
      expect(soundLength(file)).toBe(complete === 0 ? 0 : ends[complete - 1]);
    }
  });

  it("reports a damaged line in the middle by its number and keeps the rest", async () => {
    const file = fileWith(`${lines([terms(1, 1)])}\0\0\0\n${lines([terms(2, 2)])}`);
    const damaged: number[] = [];
    const rounds: number[] = [];
    for await (const event of readEvents(file, { onDamage: (line) => damaged.push(line) })) rounds.push(event.round);
    expect({ damaged, rounds }).toEqual({ damaged: [2], rounds: [1, 2] });
  });

  it.each([
    "",
    "null",
    "[]",
    "1",
    '{"kind":"terms"}',
    '{"kind":"other","round":1,"kimg":1}',
    '{"kind":"terms","round":1',
  ])("does not take %j for an event", (line) => expect(parseEvent(line)).toBeUndefined());

  it("reads a tail of whole lines from the end of a long file", () => {
    const all = Array.from({ length: 500 }, (_, i) => terms(i, i));
    const line = Buffer.byteLength(lines([terms(499, 499)]));
    // 10 lines and a half: the half is dropped; 10 lines exactly: none is.
    for (const bytes of [Math.floor(10.5 * line), 10 * line])
      expect(readTail(fileWith(lines(all)), bytes)).toEqual({ whole: false, events: all.slice(-10) });
  });
});

describe("soundLength", () => {
  it("drops zeros and damaged complete lines at the end, over blocks of any size", () => {
    const good = lines([terms(1, 1), terms(2, 2)]);
    const text = `${good}not an event\n{"kind":\n${"\0".repeat(300)}`;
    for (const chunk of [1, 2, 7, 64, 65_536]) expect(soundLength(fileWith(text), chunk)).toBe(good.length);
  });
  it("is 0 when there is no event at all", () => {
    expect(soundLength(fileWith("\n\nrubbish\n"), 3)).toBe(0);
  });
});

describe("EventLog", () => {
  it("repairs a torn end before it appends", async () => {
    // The torn part is longer than the line that takes its place.
    const file = fileWith(`${lines([terms(1, 1)])}{"kind":"terms",${"x".repeat(1000)}`);
    const log = await EventLog.open(nodeFileSystem, file);
    await log.append([terms(2, 2)]);
    await log.close();
    expect(readFileSync(file, "utf8")).toBe(lines([terms(1, 1), terms(2, 2)]));
  });

  it("writes lines that a full disk refused once there is space, without what was half written", async () => {
    const file = fileWith("");
    let full = true;
    const fs: FileSystem = {
      ...nodeFileSystem,
      async open(path, mode) {
        const real = await nodeFileSystem.open(path, mode);
        const write = async (bytes: Uint8Array, position: number) => {
          await real.write(full ? bytes.subarray(0, bytes.length - 2) : bytes, position);
          if (full) throw Object.assign(new Error("full"), { code: "ENOSPC" });
        };
        return { write, truncate: (n) => real.truncate(n), sync: () => real.sync(), close: () => real.close() };
      },
    };
    const log = await EventLog.open(fs, file);
    await expect(log.append([status(1, "failed", "long".repeat(100))])).rejects.toThrow("full");
    // What another reader sees now is no event.
    expect(await collect(file)).toEqual([]);
    await expect(log.append([terms(2, 2)])).rejects.toThrow("full");
    full = false;
    await log.append([terms(3, 3)]);
    await log.close();
    expect(await collect(file)).toEqual([status(1, "failed", "long".repeat(100)), terms(2, 2), terms(3, 3)]);
  });

  it("keeps the order of appends that are not awaited", async () => {
    const file = fileWith("");
    const log = await EventLog.open(nodeFileSystem, file);
    const all = Array.from({ length: 50 }, (_, i) => terms(i, i));
    await Promise.all(all.map((event) => log.append([event])));
    await log.close();
    expect(await collect(file)).toEqual(all);
  });
});

describe("latestEvents and foldEvents", () => {
  // Killed at round 30, resumed from the checkpoint of round 10: 20 and 30 are played and logged again.
  const played = [
    status(0, "running"),
    terms(10, 1),
    terms(20, 2),
    metric(20, 7),
    terms(30, 3),
    status(10, "running"),
    terms(20, 2.5),
    metric(20, 8),
    image(20),
  ];

  it("keeps the last event of a (kind, name, round), in order of rounds", () => {
    expect(latestEvents(played)).toEqual([
      status(0, "running"),
      terms(10, 1),
      status(10, "running"),
      terms(20, 2.5),
      metric(20, 8),
      image(20),
      terms(30, 3),
    ]);
    expect(latestEvents([metric(1, 1, "a"), metric(1, 2, "b")])).toHaveLength(2);
  });

  it("takes progress from the last line and metrics from the latest round", () => {
    const summary = foldEvents(played);
    expect(summary).toMatchObject({ status: "running", round: 20, kimg: 2, gradientEvaluations: 40, seconds: 0.2 });
    expect(summary.metrics["swd2k"]).toEqual(metric(20, 8));
    expect(summary.terms).toEqual({ "D/adversarial": 3 });
    expect(summary.images).toEqual([image(20)]);
  });

  it("has the message of the last status only", () => {
    expect(foldEvents([status(1, "failed", "no")]).message).toBe("no");
    expect(foldEvents([status(1, "failed", "no"), status(1, "running")])).not.toHaveProperty("message");
    expect(foldEvents([])).toMatchObject({ status: undefined, round: 0, metrics: {} });
  });

  it("turns events into curves of [kimg, seconds, value], NaN kept", () => {
    expect(curvesOf([metric(20, "NaN"), metric(10, 5), terms(10, 1)])).toEqual([
      { name: "D/adversarial", kind: "term", points: [[1, 0.1, 1]] },
      {
        name: "swd2k",
        kind: "metric",
        points: [
          [1, 0.1, 5],
          [2, 0.2, NaN],
        ],
      },
    ]);
  });
});
