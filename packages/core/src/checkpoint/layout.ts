/**
 * @file How a checkpoint lies in its bytes: the safetensors format, with a digest at a fixed place.
 *
 *     u64 little-endian     length H of the header
 *     H bytes               {"__metadata__":{"sha256":"<64 digits>",…},"name":{"dtype":…,"shape":…,"data_offsets":[begin,end]},…}
 *                           in UTF-8, padded with spaces so that data begins at a multiple of 8
 *     rest                  values, little-endian, row-major, without gaps; offsets count from here
 *
 * `sha256` is the digest of the whole file with these 64 digits written as zeros. Header and length are covered too, and
 * any tool can check it. LIMIT: numbers are copied as they lie in memory, so on a big-endian machine (s390x) the files are
 * not portable; swapping bytes there would be code that nobody here can test.
 */
import { createHash } from "node:crypto";
import type { DType, HostTensor } from "../contracts/tensors.js";

/** Bytes of the header's length. */
export const PREFIX = 8;
export const ALIGNMENT = 8;
export const METADATA = "__metadata__";
export const DIGEST = "sha256";
/** What the header begins with; the digits follow. */
export const HEADER_START = `{"${METADATA}":{"${DIGEST}":"`;
export const DIGITS = 64;
/** Where the digits begin in the file. */
export const DIGITS_AT = PREFIX + HEADER_START.length;
export const NO_DIGITS = "0".repeat(DIGITS);

/** The header's entry of one tensor. */
export interface Entry {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

export type StoredType = "F32" | "I32" | "BOOL";

interface Storage {
  readonly dtype: DType;
  readonly bytes: number;
  /** The values in bytes that belong to the array alone. */
  values(bytes: Uint8Array): HostTensor["data"];
}

/** How each stored type is kept on the host. */
export const STORAGE: Readonly<Record<StoredType, Storage>> = {
  F32: { dtype: "float32", bytes: 4, values: (bytes) => new Float32Array(bytes.buffer) },
  I32: { dtype: "int32", bytes: 4, values: (bytes) => new Int32Array(bytes.buffer) },
  BOOL: { dtype: "bool", bytes: 1, values: (bytes) => bytes },
};

export const STORED_TYPE: Readonly<Record<DType, StoredType>> = { float32: "F32", int32: "I32", bool: "BOOL" };

/** The digest of a file of this layout, in lower-case hexadecimal, whatever digits it holds. */
export const digestOf = (file: Uint8Array): string =>
  createHash("sha256")
    .update(file.subarray(0, DIGITS_AT))
    .update(NO_DIGITS)
    .update(file.subarray(DIGITS_AT + DIGITS))
    .digest("hex");
