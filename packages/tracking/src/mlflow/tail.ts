/** @file Reads on in a growing `events.jsonl`: whole lines from where the last look ended, a limited number of bytes at a time. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { RunEvent } from "@gan-arena/core/base";
import { errnoOf } from "../errors.js";
import { parseEvent } from "../events.js";
import { sha256 } from "./outbox.js";

/** The end of a line in the file, and what that line was: after a power cut the file may be shorter and grow again. */
export interface Place {
  /** Bytes. */
  readonly offset: number;
  /** Of the line that ends there, without its newline. */
  readonly lineBytes: number;
  readonly lineSha256: string;
}

export const START: Place = { offset: 0, lineBytes: 0, lineSha256: "" };

export interface Chunk {
  readonly events: readonly RunEvent[];
  readonly end: Place;
}

const CHUNK_BYTES = 262_144;
const NEWLINE = 10;

/**
 * The next whole lines, or undefined when there are none yet. Half a line is left for the next look. When the file is not
 * the one in which the place was, reading begins at its start: whoever reads passes over the rounds that it has seen.
 */
export function readOn(file: string, from: Place, chunkBytes = CHUNK_BYTES): Chunk | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const begin = isThere(descriptor, from) ? from.offset : 0;
    for (let bytes = chunkBytes; ; bytes *= 2) {
      const buffer = bytesAt(descriptor, begin, bytes);
      const last = buffer.lastIndexOf(NEWLINE);
      if (last >= 0) return chunkOf(buffer.subarray(0, last), begin);
      if (buffer.length < bytes) return undefined;
    }
  } finally {
    closeSync(descriptor);
  }
}

function chunkOf(lines: Buffer, begin: number): Chunk {
  const last = lines.subarray(lines.lastIndexOf(NEWLINE) + 1);
  return {
    events: lines
      .toString("utf8")
      .split("\n")
      .flatMap((line) => parseEvent(line) ?? []),
    end: { offset: begin + lines.length + 1, lineBytes: last.length, lineSha256: sha256(last) },
  };
}

function isThere(descriptor: number, { offset, lineBytes, lineSha256 }: Place): boolean {
  if (offset === 0) return true;
  if (fstatSync(descriptor).size < offset) return false;
  const line = bytesAt(descriptor, offset - lineBytes - 1, lineBytes + 1);
  return line.at(-1) === NEWLINE && sha256(line.subarray(0, -1)) === lineSha256;
}

function bytesAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position));
}
