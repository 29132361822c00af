/** @file Reading the header of a safetensors file without trusting a byte of it. */
import { damagedCheckpoint, foreignCheckpoint } from "../errors.js";
import {
  DIGEST,
  DIGITS,
  DIGITS_AT,
  digestOf,
  HEADER_START,
  METADATA,
  PREFIX,
  STORAGE,
  type Entry,
  type StoredType,
} from "./layout.js";

export interface Header {
  /** In order of their offsets. */
  readonly entries: readonly (readonly [name: string, entry: Entry])[];
  /** Without the digest. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data section begins in the file. */
  readonly dataAt: number;
}

/**
 * The header, checked against the length of the file: every tensor lies inside the data section, and they fill it in order
 * without gaps or overlaps.
 *
 * @throws GanError BAD_CHECKPOINT
 */
export function parseHeader(bytes: Uint8Array, file: string): Header {
  const shortest = DIGITS_AT + DIGITS;
  if (bytes.length < shortest)
    throw damagedCheckpoint(file, `a checkpoint must have at least ${shortest} bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, PREFIX).getBigUint64(0, true);
  if (length > BigInt(bytes.length - PREFIX))
    throw damagedCheckpoint(
      file,
      `the header must end within the file of ${bytes.length} bytes, got a header of ${length} bytes`,
    );
  const dataAt = PREFIX + Number(length);
  const start = Buffer.from(bytes.buffer, bytes.byteOffset + PREFIX, HEADER_START.length).toString("latin1");
  if (start !== HEADER_START)
    throw foreignCheckpoint(file, `the header must begin with ${HEADER_START}, got ${JSON.stringify(start)}`);

  const members = parseObject(bytes.subarray(PREFIX, dataAt), file);
  const metadata = readMetadata(members[METADATA], file);
  const entries = Object.entries(members)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => [name, readEntry(name, value, file)] as const)
    .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  checkTiling(entries, bytes.length - dataAt, file);
  return { entries, metadata, dataAt };
}

/** The digest that the file carries, once it is found to be true. @throws GanError BAD_CHECKPOINT */
export function checkDigest(bytes: Uint8Array, file: string): string {
  const carried = Buffer.from(bytes.buffer, bytes.byteOffset + DIGITS_AT, DIGITS).toString("latin1");
  const computed = digestOf(bytes);
  if (carried !== computed)
    throw damagedCheckpoint(file, `the content must have sha256 ${JSON.stringify(carried)}, got "${computed}"`);
  return computed;
}

function parseObject(header: Uint8Array, file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch (error) {
    throw damagedCheckpoint(file, "the header must be JSON in UTF-8, got something else", error);
  }
  if (!isObject(parsed)) throw damagedCheckpoint(file, `the header must be a JSON object, got ${kindOf(parsed)}`);
  return parsed;
}

function readMetadata(value: unknown, file: string): Record<string, string> {
  if (!isObject(value)) throw damagedCheckpoint(file, `${METADATA} must be an object of texts, got ${kindOf(value)}`);
  const texts = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== "string")
      throw damagedCheckpoint(file, `${METADATA}.${key} must be a text, got ${kindOf(text)}`);
    return [key, text];
  });
  return Object.fromEntries(texts.filter(([key]) => key !== DIGEST));
}

function readEntry(name: string, value: unknown, file: string): Entry {
  const wrong = (what: string, expected: string, got: unknown) =>
    damagedCheckpoint(file, `${what} of tensor ${JSON.stringify(name)} must be ${expected}, got ${brief(got)}`);
  if (!isObject(value)) throw wrong("the entry", "an object", value);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredType(dtype)) throw wrong("the dtype", `one of ${Object.keys(STORAGE).join(", ")}`, dtype);
  if (!areCounts(shape)) throw wrong("the shape", "a list of whole numbers >= 0", shape);
  if (!areCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    throw wrong("the data_offsets", "two whole numbers, the first not above the second", offsets);
  const [begin, end] = offsets;
  // Extents are whole and below 2^53, so a product that rounds is far beyond any offset.
  const size = shape.reduce((product, extent) => product * extent, STORAGE[dtype].bytes);
  if (size !== end - begin)
    throw wrong("the data_offsets", `${size} bytes apart for ${dtype} [${shape.join(",")}]`, offsets);
  return { dtype, shape, data_offsets: [begin, end] };
}

function checkTiling(entries: Header["entries"], dataLength: number, file: string): void {
  let covered = 0;
  for (const [name, { data_offsets: offsets }] of entries) {
    if (offsets[0] !== covered)
      throw damagedCheckpoint(
        file,
        `tensor ${JSON.stringify(name)} must begin at offset ${covered}, where the one before ends, got ${offsets[0]}`,
      );
    covered = offsets[1];
  }
  if (covered !== dataLength)
    throw damagedCheckpoint(
      file,
      `the data must have the ${covered} bytes that the header promises, got ${dataLength}`,
    );
}

/** A value in messages; a damaged header can hold one that is megabytes long. */
const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isStoredType = (value: unknown): value is StoredType =>
  typeof value === "string" && Object.hasOwn(STORAGE, value);

const areCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
