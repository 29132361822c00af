/**
 * @file Sobol' points: they fill the space more evenly than random ones, and each can be had without those before it.
 *
 * Sobol' 1967; Antonov and Saleev 1979 (Gray code order); scrambled by Matoušek 1998, "On the L2-discrepancy for anchored
 * boxes" (a random lower triangular matrix and a digital shift), which keeps every elementary interval's count.
 */
import { z } from "zod";
import type { Sampler } from "../../contracts.js";
import { uniforms } from "../../math/random.js";
import { assemble } from "../../space/arrange.js";
import { countOf, fromUnit } from "../../space/distribution.js";
import { strict } from "../../space/schema.js";
import { definePlugin } from "../../study/plugins.js";
import { DIRECTIONS } from "./directions.js";

/** LIMIT: parameters beyond the table are drawn independently; 64 that vary at once are no sweep. */
const MAX_DIMENSIONS = DIRECTIONS.length + 1;
const BITS = 32;

/** The 32 direction numbers of a dimension, the leading bit first. */
function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) return v.map((_, j) => 2 ** (BITS - 1 - j)); // van der Corput
  const [polynomial, ...initial] = DIRECTIONS[dimension - 1];
  const degree = initial.length;
  for (let j = 0; j < BITS; j++) {
    if (j < degree) {
      v[j] = initial[j] * 2 ** (BITS - 1 - j);
      continue;
    }
    v[j] = v[j - degree] ^ (v[j - degree] >>> degree);
    for (let k = 1; k < degree; k++) if ((polynomial >>> (degree - k)) & 1) v[j] ^= v[j - k];
  }
  return v;
}

interface Scramble {
  readonly directions: Uint32Array;
  readonly shift: number;
}

function scrambled(v: Uint32Array, dimension: number, seed: number): Scramble {
  const u = uniforms(seed, "sweep/sobol", dimension, BITS + 1);
  const word = (i: number) => Math.floor(u[i] * 2 ** 32);
  // Row i of the matrix: random above the diagonal bit, 1 on it.
  const rows = Uint32Array.from({ length: BITS }, (_, i) => {
    const diagonal = 2 ** (BITS - 1 - i);
    return ((word(i) & ~(2 * diagonal - 1)) | diagonal) >>> 0;
  });
  const directions = v.map((number) => {
    let out = 0;
    for (let i = 0; i < BITS; i++) out = out * 2 + parity(rows[i] & number);
    return out;
  });
  return { directions, shift: word(BITS) };
}

function parity(word: number): number {
  let bits = word;
  for (const by of [16, 8, 4, 2, 1]) bits ^= bits >>> by;
  return bits & 1;
}

/** A sequence; without a seed the plain one, which begins with the origin. */
export class SobolSequence {
  private readonly axes: readonly Scramble[];

  /** @param dimensions at most {@link MAX_DIMENSIONS} */
  constructor(dimensions: number, seed?: number) {
    this.axes = Array.from({ length: dimensions }, (_, dimension) => {
      const directions = directionNumbers(dimension);
      return seed === undefined ? { directions, shift: 0 } : scrambled(directions, dimension, seed);
    });
  }

  /** @param index below 2^32 @returns a point of [0,1)^dimensions */
  point(index: number): Float64Array {
    const gray = (index ^ (index >>> 1)) >>> 0;
    return Float64Array.from(this.axes, ({ directions, shift }) => {
      let bits = shift;
      for (let j = 0; gray >>> j !== 0 && j < BITS; j++) if ((gray >>> j) & 1) bits ^= directions[j];
      return (bits >>> 0) / 2 ** 32;
    });
  }
}

export const sobol = definePlugin({
  name: "sobol",
  summary: "quasi-random points that fill the space evenly",
  aliases: ["qmc"],
  options: strict({
    scramble: z
      .boolean()
      .default(true)
      .describe("another sequence for each seed instead of the one that begins at the lower bounds"),
  }),
  create: ({ scramble }): Sampler => ({
    name: "sobol",
    oblivious: true,
    suggest({ space, seed, number }) {
      const varying = space.parameters.flatMap(({ distribution }, i) => (countOf(distribution) > 1 ? [i] : []));
      const dimensionOf = new Map(
        varying.slice(0, MAX_DIMENSIONS).map((index, dimension) => [index, dimension] as const),
      );
      const point = new SobolSequence(dimensionOf.size, scramble ? seed : undefined).point(number);
      const rest = uniforms(seed, "sweep/random", number, space.parameters.length);
      return assemble(space, ({ distribution }, index) => {
        const dimension = dimensionOf.get(index);
        return fromUnit(distribution, dimension === undefined ? rest[index] : point[dimension]);
      });
    },
  }),
});
