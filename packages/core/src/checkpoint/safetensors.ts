/** @file Checkpoints as safetensors files: data only, nothing that runs, and a digest that finds every changed bit. */
import type { HostTensor, HostTensors } from "../contracts/tensors.js";
import { sizeOf } from "../contracts/tensors.js";
import { internalError } from "../errors.js";
import {
  ALIGNMENT,
  DIGEST,
  DIGITS_AT,
  digestOf,
  METADATA,
  NO_DIGITS,
  PREFIX,
  STORAGE,
  STORED_TYPE,
  type Entry,
} from "./layout.js";
import { checkDigest, parseHeader } from "./header.js";

export interface Checkpoint {
  readonly tensors: HostTensors;
  /** Everything that is not a tensor, as text. The key `sha256` is taken. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ReadCheckpoint extends Checkpoint {
  /** The digest that the file carries, lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * The bytes of a safetensors file. Equal contents give equal bytes, in whatever order they are named: wider types first,
 * so that values are aligned, then by name; metadata by name. `float32` is stored as F32, `int32` as I32, `bool` as BOOL.
 *
 * @throws GanError INTERNAL when a tensor does not hold what its shape and dtype say, or a reserved name is used
 */
export function writeSafetensors({ tensors, metadata }: Checkpoint): Uint8Array {
  if (METADATA in tensors) throw internalError("writeSafetensors", `the name ${METADATA} is reserved`);
  if (DIGEST in metadata) throw internalError("writeSafetensors", `the key ${DIGEST} of the metadata is reserved`);
  const named = Object.entries(tensors).map(([name, tensor]) => ({ name, tensor, bytes: bytesOf(name, tensor) }));
  named.sort((a, b) => widthOf(b.tensor) - widthOf(a.tensor) || byCodeUnit(a.name, b.name));

  const entries: [string, Entry][] = [];
  let end = 0;
  for (const { name, tensor, bytes } of named) {
    const begin = end;
    end += bytes.length;
    entries.push([name, { dtype: STORED_TYPE[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] }]);
  }
  const header = encodeHeader(metadata, entries);

  const file = new Uint8Array(PREFIX + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX);
  let offset = PREFIX + header.length;
  for (const { bytes } of named) {
    file.set(bytes, offset);
    offset += bytes.length;
  }
  file.set(new TextEncoder().encode(digestOf(file)), DIGITS_AT);
  return file;
}

/**
 * What {@link writeSafetensors} wrote, after everything was verified: lengths, header, names, types, shapes, offsets
 * without gaps or overlaps, and the digest over all bytes. Allocates no more than the file is long.
 *
 * @param file its name, for messages
 * @returns tensors in arrays of their own
 * @throws GanError BAD_CHECKPOINT on anything else, and nothing but that
 */
export function readSafetensors(bytes: Uint8Array, file: string): ReadCheckpoint {
  const { entries, metadata, dataAt } = parseHeader(bytes, file);
  const sha256 = checkDigest(bytes, file);
  const tensors = entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ]): [string, HostTensor] => {
      // A fresh array, not Buffer's slice, which would share memory with the file and may be misaligned.
      const own = new Uint8Array(bytes.subarray(dataAt + begin, dataAt + end));
      return [name, { shape, dtype: STORAGE[dtype].dtype, data: STORAGE[dtype].values(own) }];
    },
  );
  return { tensors: Object.fromEntries(tensors), metadata, sha256 };
}

/** The header in UTF-8, digits still zero, padded so that the data is aligned. */
function encodeHeader(metadata: Readonly<Record<string, string>>, entries: readonly [string, Entry][]): Uint8Array {
  const sorted = Object.entries(metadata).sort(([a], [b]) => byCodeUnit(a, b));
  // JSON is put together by member, because an object would move names like "7" to the front.
  const member = (key: string, value: unknown): string => `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  const texts = [[DIGEST, NO_DIGITS] as const, ...sorted].map(([key, value]) => member(key, value));
  const members = [`"${METADATA}":{${texts.join(",")}}`, ...entries.map(([name, entry]) => member(name, entry))];
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const padded = new Uint8Array(Math.ceil((PREFIX + json.length) / ALIGNMENT) * ALIGNMENT - PREFIX).fill(0x20);
  padded.set(json);
  return padded;
}

function bytesOf(name: string, { shape, dtype, data }: HostTensor): Uint8Array {
  const width = STORAGE[STORED_TYPE[dtype]].bytes;
  if (data.length !== sizeOf(shape) || data.BYTES_PER_ELEMENT !== width)
    throw internalError(
      "writeSafetensors",
      `tensor "${name}" must hold ${sizeOf(shape)} values of ${width} bytes (${dtype} [${shape.join(",")}]), ` +
        `got ${data.length} of ${data.BYTES_PER_ELEMENT}`,
    );
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const widthOf = ({ dtype }: HostTensor): number => STORAGE[STORED_TYPE[dtype]].bytes;

/** Not localeCompare: bytes must not depend on the machine's language. */
const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
