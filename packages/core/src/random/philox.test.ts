import { describe, expect, it } from "vitest";
import { philox4x32, philoxFill, type Key, type Words4 } from "./philox.js";

const ONES = 0xffffffff;

describe("philox4x32", () => {
  // The three known answers of philox4x32 with 10 rounds that are published with Random123.
  const answers: { counter: Words4; key: Key; block: Words4 }[] = [
    { counter: [0, 0, 0, 0], key: [0, 0], block: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    { counter: [ONES, ONES, ONES, ONES], key: [ONES, ONES], block: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd] },
    // Counter and key are the first digits of pi.
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      block: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ];

  it.each(answers)("gives the published block for counter $counter", ({ counter, key, block }) => {
    expect(philox4x32(key, counter)).toEqual(block);
  });

  it("equals ten rounds written with 64-bit products", () => {
    const key: Key = [0x12345678, 0x9abcdef0];
    for (let i = 0; i < 200; i++) {
      const counter: Words4 = [(i * 0x01234567) >>> 0, i, (ONES - i * 7919) >>> 0, (i * 0x9e3779b9) >>> 0];
      expect(philox4x32(key, counter)).toEqual(withBigInts(key, counter));
    }
  });
});

describe("philoxFill", () => {
  it("writes the blocks of consecutive first words, and no word more", () => {
    const key: Key = [1, 2];
    const out = new Uint32Array(14).fill(7);
    philoxFill(out, 12, key, [5, 6, 7, 8]);
    const blocks = [5, 6, 7].flatMap((first) => [...philox4x32(key, [first, 6, 7, 8])]);
    expect([...out]).toEqual([...blocks, 7, 7]);
  });
});

/** The paper's definition, word by word. */
function withBigInts(key: Key, counter: Words4): Words4 {
  const mask = 0xffffffffn;
  let [x0, x1, x2, x3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * x0;
    const product1 = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(product1 >> 32n) ^ x1 ^ k0, product1 & mask, (product0 >> 32n) ^ x3 ^ k1, product0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [Number(x0), Number(x1), Number(x2), Number(x3)];
}
