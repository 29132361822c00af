/**
 * @file Reading and folding `events.jsonl`.
 *
 * A process that is killed may leave half a line at the end; it is not an event and is passed over. A resumed run plays
 * the rounds after its checkpoint again and logs them again: of two events with the same (kind, name, round) the later
 * line counts. Both rules are kept here and nowhere else.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import type { LoggedNumber, RunEvent, RunStatus } from "@gan-arena/core/base";
import { errnoOf } from "./errors.js";

const KINDS: ReadonlySet<string> = new Set<RunEvent["kind"]>([
  "status",
  "terms",
  "metric",
  "health",
  "image",
  "points",
  "checkpoint",
]);

/** The event of one line, or undefined when the line is torn, damaged or of a kind that this version does not know. */
export function parseEvent(line: string): RunEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, round, kimg } = value as Record<string, unknown>;
  const known = typeof kind === "string" && KINDS.has(kind) && typeof round === "number" && typeof kimg === "number";
  return known ? (value as RunEvent) : undefined;
}

export interface ReadOptions {
  /** Called with the number, from 1, of each complete line that is no event. */
  onDamage?(line: number): void;
}

/**
 * The events of a file in the order in which they were logged, replays included: a stream, never the whole file at once.
 * A file that is not there has no events.
 */
export async function* readEvents(file: string, options: ReadOptions = {}): AsyncGenerator<RunEvent> {
  let number = 0;
  let rest = "";
  try {
    for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        number++;
        const event = parseEvent(line);
        if (event) yield event;
        else options.onDamage?.(number);
      }
    }
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

export interface Tail {
  readonly events: readonly RunEvent[];
  /** True when the tail is the whole file. */
  readonly whole: boolean;
}

/** The events in the last `bytes` bytes of a file, read at once: what a listing needs of a long run. */
export function readTail(file: string, bytes = 65_536): Tail {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { events: [], whole: true };
    throw error;
  }
  try {
    const { size } = fstatSync(descriptor);
    const from = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - from);
    const read = readSync(descriptor, buffer, 0, buffer.length, from);
    const lines = buffer.toString("utf8", 0, read).split("\n");
    lines.pop();
    // A first line that began before the tail is not JSON and is passed over like a torn one.
    return { events: lines.flatMap((line) => parseEvent(line) ?? []), whole: from === 0 };
  } finally {
    closeSync(descriptor);
  }
}

const keyOf = (event: RunEvent): string => `${event.kind}\n${"name" in event ? event.name : ""}\n${event.round}`;

/** One event for each (kind, name, round), the one that was logged last, in order of rounds. */
export function latestEvents(events: Iterable<RunEvent>): RunEvent[] {
  const latest = new Map<string, RunEvent>();
  for (const event of events) latest.set(keyOf(event), event);
  return [...latest.values()].sort((a, b) => a.round - b.round);
}

export type MetricEvent = Extract<RunEvent, { kind: "metric" }>;
export type PictureEvent = Extract<RunEvent, { kind: "image" | "points" }>;
export type CheckpointEvent = Extract<RunEvent, { kind: "checkpoint" }>;

/** What a run has come to. */
export interface RunSummary {
  /** The last status that was logged; undefined when nothing was logged yet. */
  readonly status: RunStatus | undefined;
  /** Why the run stopped, in one sentence, when it was not by finishing. */
  readonly message?: string;
  readonly round: number;
  /** Thousand real images shown to D. */
  readonly kimg: number;
  readonly gradientEvaluations: number;
  /** Seconds of training, over all sessions. */
  readonly seconds: number;
  /** Milliseconds since 1970 of the last event. */
  readonly time: number | undefined;
  /** The latest value of each metric. */
  readonly metrics: Readonly<Record<string, MetricEvent>>;
  /** The latest terms and probes by name. */
  readonly terms: Readonly<Record<string, LoggedNumber>>;
  /** The latest speed and health figures by name. */
  readonly health: Readonly<Record<string, LoggedNumber>>;
  /** Pictures in order of rounds. */
  readonly images: readonly PictureEvent[];
  /** Checkpoints in order of rounds; older ones may be gone from the disk. */
  readonly checkpoints: readonly CheckpointEvent[];
}

/** Folds events, in the order in which they were logged, into what the run has come to. */
export function foldEvents(events: Iterable<RunEvent>): RunSummary {
  let last: RunEvent | undefined;
  let status: Extract<RunEvent, { kind: "status" }> | undefined;
  const rows: RunEvent[] = [];
  for (const event of events) {
    last = event;
    // Status and progress go by the order of the lines: a resumed run is back at an earlier round.
    if (event.kind === "status") status = event;
    rows.push(event);
  }
  const metrics: Record<string, MetricEvent> = {};
  const terms: Record<string, LoggedNumber> = {};
  const health: Record<string, LoggedNumber> = {};
  const images: PictureEvent[] = [];
  const checkpoints: CheckpointEvent[] = [];
  for (const event of latestEvents(rows)) {
    if (event.kind === "metric") metrics[event.name] = event;
    else if (event.kind === "terms") Object.assign(terms, event.values);
    else if (event.kind === "health") Object.assign(health, event.values);
    else if (event.kind === "image" || event.kind === "points") images.push(event);
    else if (event.kind === "checkpoint") checkpoints.push(event);
  }
  return {
    status: status?.status,
    ...(status?.message === undefined ? {} : { message: status.message }),
    round: last?.round ?? 0,
    kimg: last?.kimg ?? 0,
    gradientEvaluations: last?.gradientEvaluations ?? 0,
    seconds: last?.seconds ?? 0,
    time: last?.time,
    metrics,
    terms,
    health,
    images,
    checkpoints,
  };
}
