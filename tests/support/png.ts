/** @file Just enough of PNG to see that a picture is one. */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

export interface Png {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** How many different bytes the filtered rows have: 1 or 2 when nothing is on the picture. */
  readonly distinct: number;
}

const SIGNATURE = "89504e470d0a1a0a";
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

/** @throws Error when the file is no PNG of 8 bits, or its rows are not all there */
export function readPng(file: string): Png {
  const bytes = readFileSync(file);
  if (bytes.toString("hex", 0, 8) !== SIGNATURE) throw new Error(`${file} is no PNG`);
  const [width, height, depth, colour] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25] ?? -1];
  const channels = CHANNELS[colour];
  if (depth !== 8 || channels === undefined) throw new Error(`${file} has an unexpected depth or colour`);
  const chunks: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    if (bytes.toString("latin1", at + 4, at + 8) === "IDAT")
      chunks.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  const rows = inflateSync(Buffer.concat(chunks));
  if (rows.length !== height * (1 + width * channels)) throw new Error(`${file} lacks rows`);
  return { width, height, channels, distinct: new Set(rows).size };
}
