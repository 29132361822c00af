/** @file Sorting many float32 lists of thousands of numbers, which is where a sliced distance spends its time. */

/** Below this length the counting of a radix sort costs more than it saves. */
const SHORT = 1024;
const BITS = 11;
const BUCKETS = 1 << BITS;
const MASK = BUCKETS - 1;

let scratch = new Uint32Array(0);
const starts = new Uint32Array(3 * BUCKETS);

/**
 * Sorts in place, ascending: a radix sort by 11, 11 and 10 bits, several times as fast as `Float32Array.sort`.
 *
 * The bits of floats are in the order of the floats once all bits of negative ones and the sign of the others are
 * turned. -0 comes before 0, as in `Float32Array.sort`.
 *
 * @param values without NaN
 * @returns the same array
 */
export function sortFloats(values: Float32Array): Float32Array {
  const n = values.length;
  if (n < SHORT) return values.sort();
  if (scratch.length < n) scratch = new Uint32Array(n);
  const keys = new Uint32Array(values.buffer, values.byteOffset, n);
  countKeys(keys);
  for (let i = 0; i < n; i++) scratch[starts[keys[i] & MASK]++] = keys[i];
  for (let i = 0; i < n; i++) keys[starts[BUCKETS + ((scratch[i] >>> BITS) & MASK)]++] = scratch[i];
  for (let i = 0; i < n; i++) scratch[starts[2 * BUCKETS + (keys[i] >>> (2 * BITS))]++] = keys[i];
  for (let i = 0; i < n; i++) {
    const key = scratch[i];
    keys[i] = key ^ (key >>> 31 === 1 ? 0x80000000 : 0xffffffff);
  }
  return values;
}

/** Turns floats into keys, and fills `starts` with the place of the first key of each bucket, for the three passes. */
function countKeys(keys: Uint32Array): void {
  starts.fill(0);
  for (let i = 0; i < keys.length; i++) {
    const bits = keys[i];
    const key = (bits ^ (bits >>> 31 === 1 ? 0xffffffff : 0x80000000)) >>> 0;
    keys[i] = key;
    starts[key & MASK]++;
    starts[BUCKETS + ((key >>> BITS) & MASK)]++;
    starts[2 * BUCKETS + (key >>> (2 * BITS))]++;
  }
  for (let pass = 0; pass < 3; pass++) {
    let start = 0;
    for (let bucket = pass * BUCKETS; bucket < (pass + 1) * BUCKETS; bucket++) {
      const count = starts[bucket];
      starts[bucket] = start;
      start += count;
    }
  }
}
