/**
 * @file Philox4x32-10: a counter-based random function. No state, so any value can be had at any time.
 *
 * Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011, Sec. 3.3 and Table 2.
 * Multipliers and key increments are those of the paper; checked against the known answers published with it.
 */

/** A 128-bit counter, or one block of output, as four unsigned 32-bit words, lowest first. */
export type Words4 = readonly [number, number, number, number];

/** A 64-bit key as two unsigned 32-bit words, lowest first. */
export type Key = readonly [number, number];

// M0 = 0xD2511F53 and M1 = 0xCD9E8D57 as halves of 16 bits, because JavaScript has no 32 x 32 -> 64 bit product.
const M0 = 0xd2511f53 | 0;
const M0_HIGH = 0xd251;
const M0_LOW = 0x1f53;
const M1 = 0xcd9e8d57 | 0;
const M1_HIGH = 0xcd9e;
const M1_LOW = 0x8d57;
// The golden ratio and sqrt(3) - 1, in 32 bits.
const W0 = 0x9e3779b9 | 0;
const W1 = 0xbb67ae85 | 0;
const ROUNDS = 10;

/** One block: ten rounds on one counter. */
export function philox4x32(key: Key, counter: Words4): Words4 {
  const out = new Uint32Array(4);
  philoxFill(out, 4, key, counter);
  return [out[0], out[1], out[2], out[3]];
}

/**
 * Consecutive blocks: `counter` and those whose first word is one, two, … higher, without carry into the second word.
 *
 * @param out receives `count` words, lowest word of each block first
 * @param count a multiple of 4
 */
export function philoxFill(out: Uint32Array, count: number, key: Key, counter: Words4): void {
  const key0 = key[0] | 0;
  const key1 = key[1] | 0;
  const [first, second, third, fourth] = counter;
  for (let i = 0; i < count; i += 4) {
    let x0 = (first + (i >>> 2)) | 0;
    let x1 = second | 0;
    let x2 = third | 0;
    let x3 = fourth | 0;
    let k0 = key0;
    let k1 = key1;
    for (let round = 0; round < ROUNDS; round++) {
      // High halves of M0 * x0 and M1 * x2, school method on 16-bit digits; no sum below exceeds 32 bits.
      const a = x0 & 0xffff;
      const b = x0 >>> 16;
      const s = (Math.imul(b, M0_LOW) + (Math.imul(a, M0_LOW) >>> 16)) | 0;
      const t = (Math.imul(a, M0_HIGH) + (s & 0xffff)) | 0;
      const high0 = (Math.imul(b, M0_HIGH) + (s >>> 16) + (t >>> 16)) | 0;
      const c = x2 & 0xffff;
      const d = x2 >>> 16;
      const u = (Math.imul(d, M1_LOW) + (Math.imul(c, M1_LOW) >>> 16)) | 0;
      const v = (Math.imul(c, M1_HIGH) + (u & 0xffff)) | 0;
      const high1 = (Math.imul(d, M1_HIGH) + (u >>> 16) + (v >>> 16)) | 0;
      const low0 = Math.imul(x0, M0);
      const low1 = Math.imul(x2, M1);
      x0 = high1 ^ x1 ^ k0;
      x1 = low1;
      x2 = high0 ^ x3 ^ k1;
      x3 = low0;
      k0 = (k0 + W0) | 0;
      k1 = (k1 + W1) | 0;
    }
    out[i] = x0;
    out[i + 1] = x1;
    out[i + 2] = x2;
    out[i + 3] = x3;
  }
}
