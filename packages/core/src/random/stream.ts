/** @file Counter-based random streams: a draw is a function of (seed, stream, counter), so nothing hides in a closure. */
import { badDraw, badSeed } from "../errors.js";
import { fnv1a64 } from "./hash.js";
import { philoxFill } from "./philox.js";

/** One named stream of one seed. The same counter always gives the same values, in any order of calls. */
export interface RandomStream {
  /** Fills `out` with draw number `counter`, uniform in [0,1). */
  uniform(counter: number, out: Float32Array): Float32Array;
  /** Fills `out` with draw number `counter`, standard normal. */
  normal(counter: number, out: Float32Array): Float32Array;
  /** Fills `out` with draw number `counter`, whole numbers in [0,bound). */
  integers(counter: number, bound: number, out: Int32Array): Int32Array;
  /** A permutation of 0…n-1, draw number `counter`. */
  permutation(counter: number, n: number): Int32Array;
}

/** Words are made in pieces of this many; a multiple of 4. */
const PIECE = 1024;
const TWO_POW_M24 = 2 ** -24;
const TWO_POW_M32 = 2 ** -32;
const TWO_POW_M53 = 2 ** -53;
const MAX_BOUND = 2 ** 31 - 1;

/** The fourth word of the counter, so that draws of different kinds with one number have nothing in common. */
const KIND = { uniform: 0, normal: 1, integers: 2, permutation: 3 } as const;

/** Overwritten by every draw before it is read, so it carries nothing from one draw to the next. */
const words = new Uint32Array(PIECE);

/**
 * The stream `name` of `seed`.
 *
 * Philox4x32-10 with the key fnv1a64(`${seed}/${name}`) and the counter words
 * [block of this draw, draw number mod 2^32, draw number / 2^32, kind of draw].
 * - `uniform`: k / 2^24 with 24 random bits, exact in float32. A shorter draw is a prefix of a longer one.
 * - `normal`: Box-Muller in float64 from two 32-bit words, rounded to float32; |value| <= 6.67, never infinite.
 * - `integers`: floor(u * bound) with 53 random bits; no value is more likely than another by more than bound / 2^53.
 * - `permutation`: Fisher-Yates from the end, with such integers.
 *
 * Bits are the same on every machine that has the same version of Node; `uniform`, `integers` and `permutation` on all.
 *
 * @param seed a whole number, |seed| < 2^53
 * @param name for example `phase/critic/z`; streams of different names are independent
 * @throws GanError BAD_CONFIG when the seed is no such number; INTERNAL when a counter, bound or length is out of range
 * @example stream(0, "phase/critic/z").normal(12, new Float32Array(64 * 128))
 */
export function stream(seed: number, name: string): RandomStream {
  if (!Number.isSafeInteger(seed)) throw badSeed(name, seed);
  const key = fnv1a64(`${seed}/${name}`);

  /** Calls `use` with pieces of the draw's words: `words[0 … length)` are those from `offset` on. */
  const eachPiece = (draw: Draw, total: number, use: (offset: number, length: number) => void): void => {
    const { kind, counter } = draw;
    if (!Number.isSafeInteger(counter) || counter < 0)
      throw badDraw(name, "counter", "a whole number in [0, 2^53)", counter);
    const low = counter >>> 0;
    const high = Math.floor(counter * TWO_POW_M32);
    for (let offset = 0; offset < total; offset += PIECE) {
      const length = Math.min(PIECE, total - offset);
      philoxFill(words, (length + 3) & ~3, key, [offset / 4, low, high, kind]);
      use(offset, length);
    }
  };

  return {
    uniform(counter, out) {
      eachPiece({ kind: KIND.uniform, counter }, out.length, (offset, length) => {
        for (let i = 0; i < length; i++) out[offset + i] = (words[i] >>> 8) * TWO_POW_M24;
      });
      return out;
    },

    normal(counter, out) {
      eachPiece({ kind: KIND.normal, counter }, out.length + (out.length & 1), (offset, length) => {
        for (let i = 0; i < length; i += 2) {
          const radius = Math.sqrt(-2 * Math.log((words[i] + 1) * TWO_POW_M32)); // of a number in (0,1]
          const angle = words[i + 1] * (2 * Math.PI * TWO_POW_M32);
          out[offset + i] = radius * Math.cos(angle);
          if (offset + i + 1 < out.length) out[offset + i + 1] = radius * Math.sin(angle);
        }
      });
      return out;
    },

    integers(counter, bound, out) {
      if (!Number.isInteger(bound) || bound < 1 || bound > MAX_BOUND)
        throw badDraw(name, "bound", "a whole number in [1, 2^31)", bound);
      eachPiece({ kind: KIND.integers, counter }, 2 * out.length, (offset, length) => {
        for (let i = 0; i < length; i += 2) out[(offset + i) / 2] = Math.floor(unit53(i) * bound);
      });
      return out;
    },

    permutation(counter, n) {
      if (!Number.isInteger(n) || n < 0 || n > MAX_BOUND)
        throw badDraw(name, "length", "a whole number in [0, 2^31)", n);
      const order = new Int32Array(n);
      for (let i = 0; i < n; i++) order[i] = i; // several times faster than Int32Array.from with a function
      eachPiece({ kind: KIND.permutation, counter }, 2 * Math.max(0, n - 1), (offset, length) => {
        for (let i = 0; i < length; i += 2) {
          const last = n - 1 - (offset + i) / 2;
          const other = Math.floor(unit53(i) * (last + 1));
          const moved = order[last];
          order[last] = order[other];
          order[other] = moved;
        }
      });
      return order;
    },
  };
}

interface Draw {
  readonly kind: number;
  readonly counter: number;
}

/** A number in [0,1) with 53 random bits, from words i and i + 1. Its product with a bound < 2^31 stays below the bound. */
const unit53 = (i: number): number => (words[i] * 2 ** 21 + (words[i + 1] >>> 11)) * TWO_POW_M53;
