/** @file FNV-1a in 64 bits (Fowler, Noll, Vo): turns the name of a stream into a key. Not for secrets. */

const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** @returns the hash of the text's UTF-8 bytes as two unsigned 32-bit words, lowest first */
export function fnv1a64(text: string): [low: number, high: number] {
  let hash = OFFSET_BASIS;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return [Number(hash & 0xffffffffn), Number(hash >> 32n)];
}
