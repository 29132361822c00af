import { expect, it } from "vitest";
import { fnv1a64 } from "./hash.js";

it.each([
  // Published test vectors of FNV-1a, 64 bits.
  ["", 0xcbf29ce4, 0x84222325],
  ["a", 0xaf63dc4c, 0x8601ec8c],
  ["foobar", 0x85944171, 0xf73967e8],
])("fnv1a64(%j) is the published value", (text, high, low) => {
  expect(fnv1a64(text)).toEqual([low, high]);
});

it("fnv1a64 reads UTF-8: é is the two bytes c3 a9", () => {
  // ((basis ^ 0xc3) * prime ^ 0xa9) * prime mod 2^64, with the bytes written out.
  const step = (hash: bigint, byte: bigint) => BigInt.asUintN(64, (hash ^ byte) * 0x100000001b3n);
  const hash = step(step(0xcbf29ce484222325n, 0xc3n), 0xa9n);
  expect(fnv1a64("é")).toEqual([Number(hash & 0xffffffffn), Number(hash >> 32n)]);
});
