import { describe, expect, it } from "vitest";
import { ReplayPool } from "./replay-pool.js";

const options = { name: "replay/D/fake", seed: 0, capacity: 4, batchSize: 2, sampleSize: 3 };
/** Sample number k is [k, k, k]. */
const batchOf = (...samples: number[]): Float32Array => Float32Array.from(samples.flatMap((k) => [k, k, k]));
const shown = (pool: ReplayPool, play: number): number[] => {
  const out = new Float32Array(6);
  pool.query(play, batchOf(2 * play, 2 * play + 1), out);
  expect([out[0], out[3]]).toEqual([out[2], out[5]]); // samples stay whole
  return [out[0], out[3]];
};

describe("ReplayPool", () => {
  it("shows fresh samples and stores them until it is full", () => {
    const pool = new ReplayPool(options);
    expect(shown(pool, 0)).toEqual([0, 1]);
    expect(shown(pool, 1)).toEqual([2, 3]);
    expect(Array.from(pool.stored())).toEqual(Array.from(batchOf(0, 1, 2, 3)));
  });

  it("then swaps about half of them, and never shows a sample twice nor loses one", () => {
    const pool = new ReplayPool(options);
    const seen: number[] = [];
    for (let play = 0; play < 500; play++) seen.push(...shown(pool, play));
    const late = seen.slice(4);
    const swapped = late.filter((sample, i) => sample !== i + 4).length;
    expect(swapped / late.length).toBeGreaterThan(0.45);
    expect(swapped / late.length).toBeLessThan(0.55);
    // The first four are shown fresh and stored as well; everything else is shown once or is still stored.
    const stored = Array.from({ length: 4 }, (_, i) => pool.stored()[3 * i]);
    expect([...late, ...stored].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it("goes on with the same samples from what was stored", () => {
    const [whole, first, second] = [new ReplayPool(options), new ReplayPool(options), new ReplayPool(options)];
    const expected = Array.from({ length: 20 }, (_, play) => shown(whole, play));
    for (let play = 0; play < 7; play++) shown(first, play);
    second.restore(first.stored().slice());
    for (let play = 7; play < 20; play++) expect(shown(second, play)).toEqual(expected[play]);
  });
});
