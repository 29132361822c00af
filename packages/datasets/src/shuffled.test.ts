import { type DataSpec, float32 } from "@gan-arena/core/base";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shuffled } from "./shuffled.js";

const SIZE = 10;
const spec: DataSpec = {
  name: "numbers",
  fields: { x: { shape: [1], dtype: "float32" } },
  points: { dim: 1 },
  size: SIZE,
};
/** Serves the indices themselves. */
const numbers = (split: "train" | "test" = "train") =>
  shuffled({
    spec,
    split,
    fingerprint: "0",
    gather: (indices) => ({ x: float32([indices.length, 1], Float32Array.from(indices)) }),
  });
const take = (seed: number, position: number, n: number, source = numbers()) =>
  Array.from(source.batch({ seed, position }, n).x.data);

describe("shuffled", () => {
  it("serves every sample once in each pass, in an order of its own", () => {
    const orders = [0, 1, 2].map((pass) => take(5, pass * SIZE, SIZE));
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it("depends on the seed and the split", () => {
    const source = numbers();
    expect(take(6, 0, SIZE, source)).not.toEqual(take(5, 0, SIZE, source));
    expect(take(5, 0, SIZE, numbers("test"))).not.toEqual(take(5, 0, SIZE));
  });

  it("straddles passes: 3 from position 8 are the last 2 of pass 0 and the first of pass 1", () => {
    expect(take(1, 8, 3)).toEqual([...take(1, 0, SIZE).slice(8), take(1, SIZE, SIZE)[0]]);
  });

  it("gives the same samples however a batch is cut, longer than the set or not", () => {
    const source = numbers();
    const cut = fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.nat(200),
      fc.array(fc.integer({ min: 1, max: 35 }), { minLength: 1 }),
    );
    fc.assert(
      fc.property(cut, ([seed, position, pieces]) => {
        let at = position;
        const parts = pieces.flatMap((piece) => {
          const part = take(seed, at, piece, source);
          at += piece;
          return part;
        });
        expect(take(seed, position, at - position, source)).toEqual(parts);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it("refuses a batch that cannot be", () => {
    expect(() => take(0, 0.5, 2)).toThrow("[numbers/train] a batch must have n >= 1 samples");
  });
});
