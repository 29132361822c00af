import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { float32, type HostTensors } from "../contracts/tensors.js";
import { GanError } from "../errors.js";
import { stream } from "../random/stream.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

const ZEROS = "0".repeat(64);
const encode = (text: string) => new TextEncoder().encode(text);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const sample = (): { tensors: HostTensors; metadata: Record<string, string> } => ({
  tensors: {
    "G/w": float32([2, 2], Float32Array.of(1, -2, 0.5, 1e-40)),
    "D/mask": { shape: [3], dtype: "bool", data: Uint8Array.of(1, 0, 1) },
    "D/b": float32([], Float32Array.of(Number.NaN)),
    steps: { shape: [2], dtype: "int32", data: Int32Array.of(-1, 2 ** 31 - 1) },
    empty: float32([0, 4]),
  },
  metadata: { run: 'ünïcode " and \\', "7": "seven", format: "gan-arena" },
});

/** A file with any header and a true digest, so that only the header can be what is refused. */
function forge(header: string, data = new Uint8Array(0)): Uint8Array {
  const json = encode(header);
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  const at = header.indexOf(ZEROS);
  if (at >= 0) file.set(encode(sha256(file)), 8 + at);
  return file;
}
const withEntries = (entries: string) => `{"__metadata__":{"sha256":"${ZEROS}"}${entries}}`;

/** What reading throws: the message of a BAD_CHECKPOINT, or something else that no expectation here matches. */
function refusal(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes, "c.safetensors");
  } catch (error) {
    return error instanceof GanError && error.code === "BAD_CHECKPOINT"
      ? error.message
      : `unforeseen: ${String(error)}`;
  }
  return "the file was accepted";
}
/** Where, what was expected, what came, what to do. */
const COMPLETE = /^\[c\.safetensors\] [a-z_"].*, got .*; [a-z]/s;
/** What reading does wrong with files that must all be refused with a complete message. */
const mistakes = (files: readonly Uint8Array[]): string[] =>
  files.map(refusal).filter((message) => !COMPLETE.test(message));
const withFlippedBit = (bytes: Uint8Array, bit: number): Uint8Array => {
  const damaged = Uint8Array.from(bytes);
  damaged[bit >> 3] ^= 1 << (bit & 7);
  return damaged;
};

describe("writeSafetensors", () => {
  it("lays a file out as worked by hand: length, metadata first, wider types first, spaces up to a multiple of 8", () => {
    const bytes = writeSafetensors({
      tensors: {
        b: { shape: [1], dtype: "int32", data: Int32Array.of(258) },
        a: { shape: [1], dtype: "bool", data: Uint8Array.of(1) },
      },
      metadata: { k: "v" },
    });
    const json =
      `{"__metadata__":{"sha256":"${ZEROS}","k":"v"},` +
      `"b":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"BOOL","shape":[1],"data_offsets":[4,5]}}`;
    const header = json.padEnd(Math.ceil(json.length / 8) * 8, " ");
    expect(json.length % 8).not.toBe(0); // else the padding is not tested
    const expected = Uint8Array.from([header.length, 0, 0, 0, 0, 0, 0, 0, ...encode(header), 2, 1, 0, 0, 1]);
    expected.set(encode(sha256(expected)), 8 + 27);
    expect(bytes).toEqual(expected);
  });

  it("gives the same bytes in whatever order things are named, and sorts names by code unit", () => {
    const { tensors, metadata } = sample();
    const reversed = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).reverse());
    const bytes = writeSafetensors({ tensors, metadata });
    expect(writeSafetensors({ tensors: reversed(tensors), metadata: reversed(metadata) })).toEqual(bytes);
    expect(Object.keys(readSafetensors(bytes, "c").tensors)).toEqual(["D/b", "G/w", "empty", "steps", "D/mask"]);
  });

  it("stores views of larger arrays by their own part", () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { tensors } = readSafetensors(writeSafetensors({ tensors: { x: float32([2], data) }, metadata: {} }), "c");
    expect(tensors["x"].data).toEqual(Float32Array.of(1, 2));
  });

  it("refuses tensors that do not hold what they say, and reserved names", () => {
    const internal = expect.objectContaining({ code: "INTERNAL" });
    expect(() => writeSafetensors({ tensors: { x: float32([3], new Float32Array(2)) }, metadata: {} })).toThrow(
      internal,
    );
    const bytes = { shape: [2], dtype: "float32", data: new Uint8Array(2) } as const;
    expect(() => writeSafetensors({ tensors: { x: bytes }, metadata: {} })).toThrow(internal);
    expect(() => writeSafetensors({ tensors: { ["__metadata__"]: float32([0]) }, metadata: {} })).toThrow(internal);
    expect(() => writeSafetensors({ tensors: {}, metadata: { sha256: "" } })).toThrow(internal);
  });
});

describe("readSafetensors", () => {
  it("gives back what was written, bit for bit", () => {
    const { tensors, metadata } = sample();
    const bytes = writeSafetensors({ tensors, metadata });
    const read = readSafetensors(bytes, "c");
    expect(read.tensors).toEqual(tensors);
    expect(read.metadata).toEqual(metadata);
    const zeroed = Uint8Array.from(bytes);
    zeroed.set(encode(ZEROS), 35);
    expect(read.sha256).toBe(sha256(zeroed));
  });

  it("reads from the middle of a larger buffer, and shares no memory with it", () => {
    const bytes = writeSafetensors(sample());
    const larger = new Uint8Array(bytes.length + 10);
    larger.set(bytes, 3);
    const read = readSafetensors(Buffer.from(larger.buffer, 3, bytes.length), "c");
    larger.fill(0);
    expect(read.tensors).toEqual(sample().tensors);
    expect(read.tensors["G/w"].data.buffer.byteLength).toBe(16);
  });

  it("keeps a tensor named __proto__ a tensor", () => {
    const tensors = Object.fromEntries([["__proto__", float32([1], Float32Array.of(4))]]);
    const read = readSafetensors(writeSafetensors({ tensors, metadata: {} }), "c");
    expect(Object.keys(read.tensors)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(read.tensors)).toBe(Object.prototype);
  });

  it("holds no tensor at all", () => {
    expect(readSafetensors(writeSafetensors({ tensors: {}, metadata: {} }), "c")).toMatchObject({
      tensors: {},
      metadata: {},
    });
  });
});

describe("damage", () => {
  const bytes = writeSafetensors({
    ...sample(),
    tensors: { ...sample().tensors, noise: float32([500], stream(1, "noise").normal(0, new Float32Array(500))) },
  });

  it("is found when the file is cut at any sixteenth, or one byte short or long", () => {
    const cuts = Array.from({ length: 16 }, (_, part) => bytes.subarray(0, Math.floor((bytes.length * part) / 16)));
    expect(mistakes([...cuts, bytes.subarray(0, -1), Uint8Array.from([...bytes, 0])])).toEqual([]);
  });

  it("is found wherever one of 300 random bits is flipped", () => {
    const bits = stream(2, "flips").integers(0, 8 * bytes.length, new Int32Array(300));
    expect(mistakes(Array.from(bits, (bit) => withFlippedBit(bytes, bit)))).toEqual([]);
  });

  it("is found at every single bit of length and header", () => {
    const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(mistakes(Array.from({ length: 8 * headerEnd }, (_, bit) => withFlippedBit(bytes, bit)))).toEqual([]);
  });

  it("says how long the file or its header must be", () => {
    // 8 bytes of length, 27 of {"__metadata__":{"sha256":" and 64 digits.
    for (const length of [0, 7, 98])
      expect(refusal(bytes.slice(0, length))).toContain(`a checkpoint must have at least 99 bytes, got ${length}`);
    const long = Uint8Array.from(bytes);
    new DataView(long.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(refusal(long)).toContain(`the header must end within the file of ${bytes.length} bytes, got a header of`);
    expect(refusal(bytes.slice(0, -5))).toMatch(/the data must have the \d+ bytes that the header promises, got \d+;/);
  });

  it("names the digests, and advises", () => {
    expect(refusal(withFlippedBit(bytes, 8 * bytes.length - 1))).toMatch(
      /the content must have sha256 "[0-9a-f]{64}", got "[0-9a-f]{64}"; the file is damaged or incomplete: use an older checkpoint/,
    );
  });

  it("a file of zeros, of random bytes, and one by another writer are refused", () => {
    const noise = Uint8Array.from(stream(3, "bytes").integers(0, 256, new Int32Array(4096)));
    expect(mistakes([new Uint8Array(4096), noise])).toEqual([]);
    const other = forge(
      `{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"a":"${"b".repeat(64)}"}}`,
      new Uint8Array(4),
    );
    expect(refusal(other)).toMatch(/name a checkpoint that gan-arena has written$/);
  });
});

describe("headers that a true digest does not save", () => {
  const entry = (dtype: string, shape: string, offsets: string) =>
    `,"x":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;

  it("a forged file that is right is read", () => {
    const file = forge(withEntries(entry('"F32"', "[1]", "[0,4]")), new Uint8Array(4));
    expect(readSafetensors(file, "c").tensors["x"].data).toEqual(Float32Array.of(0));
  });

  it("a name that is not UTF-8", () => {
    const header = encode(withEntries(entry('"F32"', "[0]", "[0,0]")));
    header[header.lastIndexOf("x".charCodeAt(0))] = 0xff;
    const file = new Uint8Array(8 + header.length);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    file.set(encode(sha256(file)), 35);
    expect(refusal(file)).toContain("the header must be JSON in UTF-8");
  });

  it.each([
    [
      "an unknown dtype",
      entry('"F64"', "[1]", "[0,8]"),
      8,
      /the dtype of tensor "x" must be one of F32, I32, BOOL, got "F64"/,
    ],
    ["a dtype from the prototype", entry('"toString"', "[1]", "[0,4]"), 4, /the dtype/],
    ["no shape", ',"x":{"dtype":"F32","data_offsets":[0,4]}', 4, /the shape of tensor "x"/],
    ["a negative extent", entry('"F32"', "[-1]", "[0,4]"), 4, /the shape/],
    ["a fractional extent", entry('"F32"', "[0.5]", "[0,2]"), 2, /the shape/],
    ["offsets in reverse", entry('"F32"', "[1]", "[4,0]"), 4, /the first not above the second/],
    ["three offsets", entry('"F32"', "[1]", "[0,4,4]"), 4, /the data_offsets/],
    ["a size that does not fit the shape", entry('"F32"', "[2]", "[0,4]"), 4, /8 bytes apart for F32 \[2\]/],
    [
      "a shape whose product overflows",
      entry('"BOOL"', "[9007199254740991,9007199254740991]", "[0,1]"),
      1,
      /bytes apart/,
    ],
    [
      "a tensor beyond the file",
      entry('"F32"', "[250000000]", "[0,1000000000]"),
      4,
      /1000000000 bytes that the header promises, got 4/,
    ],
    ["a gap in front", entry('"F32"', "[1]", "[4,8]"), 8, /must begin at offset 0, .* got 4/],
    ["bytes that are left over", entry('"F32"', "[1]", "[0,4]"), 8, /the 4 bytes that the header promises, got 8/],
    [
      "an overlap",
      `${entry('"F32"', "[2]", "[0,8]")},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}`,
      8,
      /"y" must begin at offset 8/,
    ],
    ["an entry that is a list", ',"x":[]', 0, /the entry of tensor "x" must be an object/],
    [
      "metadata twice, the last a number",
      ',"__metadata__":7',
      0,
      /__metadata__ must be an object of texts, got a number/,
    ],
    ["metadata that is no text", ',"__metadata__":{"k":null}', 0, /__metadata__\.k must be a text, got null/],
    ["text after the object", "}{", 0, /the header must be JSON/],
  ])("%s", (_, entries, dataLength, message) => {
    const file = forge(withEntries(entries), new Uint8Array(dataLength));
    expect(refusal(file)).toMatch(message);
    expect(mistakes([file])).toEqual([]);
  });
});
