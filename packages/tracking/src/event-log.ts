/** @file Appends to `events.jsonl`: whole lines, in order, fsynced when it matters. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { RunEvent } from "@gan-arena/core/base";
import { errnoOf } from "./errors.js";
import { parseEvent } from "./events.js";
import type { FileSystem, WritableFile } from "./file-system.js";

const NEWLINE = 10;

/**
 * The length of the part of a file that ends with a complete event. Looks backwards from the end: after a crash the last
 * line may be half there, and after a power cut the last blocks may be zeros.
 */
export function soundLength(file: string, chunkBytes = 65_536): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return 0;
    throw error;
  }
  try {
    /** What was read so far: the bytes from `from` on, up to the end of the last line that may be sound. */
    let buffer: Buffer = Buffer.alloc(0);
    let from = fstatSync(descriptor).size;
    for (;;) {
      const newline = buffer.lastIndexOf(NEWLINE);
      const before = newline > 0 ? buffer.lastIndexOf(NEWLINE, newline - 1) : -1;
      if (before < 0 && from > 0) {
        const start = Math.max(0, from - chunkBytes);
        const chunk = Buffer.alloc(from - start);
        readSync(descriptor, chunk, 0, chunk.length, start);
        buffer = Buffer.concat([chunk, buffer]);
        from = start;
        continue;
      }
      if (newline < 0) return 0;
      if (parseEvent(buffer.toString("utf8", before + 1, newline))) return from + newline + 1;
      buffer = buffer.subarray(0, before + 1);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The writer. One at a time per file: the run's lock sees to that. */
export class EventLog {
  /** Lines that are not in the file yet. */
  private pending: string[] = [];
  private tail: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: WritableFile,
    /** Bytes of whole lines in the file. */
    private length: number,
  ) {}

  /** Opens for appending and cuts off what a killed process left half written. */
  static async open(fs: FileSystem, path: string): Promise<EventLog> {
    const length = soundLength(path);
    const file = await fs.open(path, "update");
    try {
      await file.truncate(length);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    return new EventLog(file, length);
  }

  /** Resolves when the lines are with the operating system: they survive the end of the process, not a power cut. */
  append(events: readonly RunEvent[]): Promise<void> {
    for (const event of events) this.pending.push(`${JSON.stringify(event)}\n`);
    return this.enqueue(() => this.flush());
  }

  /** Resolves when everything appended so far is on the disk. */
  sync(): Promise<void> {
    return this.enqueue(async () => {
      await this.flush();
      await this.file.sync();
    });
  }

  /** Writes what is pending, fsyncs and closes; closes even when that fails. */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.file.close();
    }
  }

  /** Runs one after the other; a failure reaches its caller and does not hold up the next. */
  private enqueue(work: () => Promise<void>): Promise<void> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  private async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const lines = this.pending;
    this.pending = [];
    const bytes = Buffer.from(lines.join(""), "utf8");
    try {
      await this.file.write(bytes, this.length);
      this.length += bytes.length;
    } catch (error) {
      // When the disk is freed and the caller tries again, the same lines go over what was half written of them.
      this.pending = [...lines, ...this.pending];
      throw error;
    }
  }
}
