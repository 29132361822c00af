import { describe, expect, it } from "vitest";
import { fnv1a64 } from "./hash.js";
import { philox4x32 } from "./philox.js";
import { stream } from "./stream.js";

const floats = (n: number) => new Float32Array(n);
const ints = (n: number) => new Int32Array(n);
const N = 100_000;

describe("the definition of a draw", () => {
  const key = fnv1a64("7/a");
  const counter = 3 * 2 ** 32 + 5; // words 5 and 3
  const block = (first: number, kind: number) => philox4x32(key, [first, 5, 3, kind]);

  it("uniform is the upper 24 bits of each word over 2^24", () => {
    const words = [...block(0, 0), ...block(1, 0)];
    expect([...stream(7, "a").uniform(counter, floats(6))]).toEqual(
      words.slice(0, 6).map((w) => Math.floor(w / 256) / 2 ** 24),
    );
  });

  it("normal is Box-Muller on pairs of words, the first moved into (0,1]", () => {
    const [w0, w1, w2, w3] = block(0, 1);
    const pair = (u: number, v: number) => {
      const radius = Math.sqrt(-2 * Math.log((u + 1) / 2 ** 32));
      return [radius * Math.cos((2 * Math.PI * v) / 2 ** 32), radius * Math.sin((2 * Math.PI * v) / 2 ** 32)];
    };
    const expected = [...pair(w0, w1), ...pair(w2, w3)].slice(0, 3);
    expect(stream(7, "a").normal(counter, floats(3))).toBeAllclose(expected, 1e-6, 1e-9);
  });

  it("integers are floor(u * bound), u = (w0 * 2^21 + w1 / 2^11) / 2^53", () => {
    const [w0, w1, w2, w3] = block(0, 2).map(BigInt) as [bigint, bigint, bigint, bigint];
    const bound = 1_000_003n;
    const expected = [(w0 << 21n) | (w1 >> 11n), (w2 << 21n) | (w3 >> 11n)].map((u) => Number((u * bound) >> 53n));
    expect([...stream(7, "a").integers(counter, Number(bound), ints(2))]).toEqual(expected);
  });

  it("values do not change from version to version", () => {
    const s = stream(2026, "frozen");
    expect([...s.uniform(1, floats(2))].map((u) => u * 2 ** 24)).toMatchInlineSnapshot(`
      [
        12788974,
        12518773,
      ]
    `);
    expect([...s.integers(1, 1000, ints(4))]).toMatchInlineSnapshot(`
      [
        580,
        220,
        788,
        210,
      ]
    `);
    expect([...s.permutation(1, 8)]).toMatchInlineSnapshot(`
      [
        6,
        2,
        4,
        1,
        3,
        7,
        0,
        5,
      ]
    `);
    expect([...s.normal(1, floats(2))]).toMatchInlineSnapshot(`
      [
        -1.1528193950653076,
        0.9508227109909058,
      ]
    `);
  });
});

describe("draws", () => {
  it("do not depend on the order of calls, nor on other streams", () => {
    const a = stream(1, "z");
    const first = [a.normal(0, floats(3000)), a.uniform(1, floats(3000)), a.permutation(2, 3000)];
    stream(1, "other").uniform(0, floats(10));
    const b = stream(1, "z");
    const second = [b.permutation(2, 3000), b.uniform(1, floats(3000)), b.normal(0, floats(3000))].reverse();
    expect(second).toEqual(first);
  });

  it("of one number begin alike, whatever their length", () => {
    const s = stream(1, "z");
    const long = s.uniform(9, floats(2500));
    for (const n of [1, 3, 1023, 1024, 1025, 2049]) expect(s.uniform(9, floats(n))).toEqual(long.slice(0, n));
    const normals = s.normal(9, floats(2500));
    for (const n of [1, 3, 1023, 1024, 1025, 2049]) expect(s.normal(9, floats(n))).toEqual(normals.slice(0, n));
  });

  it("differ between seeds, names, numbers and kinds", () => {
    const uniform = (seed: number, name: string, counter: number) => [
      ...stream(seed, name).uniform(counter, floats(4)),
    ];
    const draws = [
      uniform(0, "z", 0),
      uniform(1, "z", 0),
      uniform(-1, "z", 0),
      uniform(0, "y", 0),
      uniform(0, "z", 1),
      uniform(0, "z", 2 ** 32), // differs in the third word only
      [...stream(0, "z").integers(0, 2 ** 24, ints(4))].map((k) => k / 2 ** 24),
    ];
    expect(new Set(draws.flat()).size).toBe(4 * draws.length);
  });

  it("of two streams, or two numbers, are uncorrelated: |r| < 4.5 / sqrt(N)", () => {
    const x = stream(0, "a").normal(0, floats(N));
    for (const y of [
      stream(0, "b").normal(0, floats(N)),
      stream(1, "a").normal(0, floats(N)),
      stream(0, "a").normal(1, floats(N)),
    ])
      expect(x.reduce((sum, value, i) => sum + value * y[i], 0) / N).toBeAllclose(0, 0, 4.5 / Math.sqrt(N));
  });
});

// Tolerances are 4.5 standard errors: the standard deviation of the statistic over sqrt(N).
const within = (sd: number) => (4.5 * sd) / Math.sqrt(N);
const moment = (values: Float32Array, power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;

describe("distributions", () => {
  it("uniform: mean 1/2 (sd 1/sqrt 12), E u^2 = 1/3 (sd sqrt(4/45)), inside [0,1)", () => {
    const u = stream(3, "u").uniform(0, floats(N));
    expect(moment(u, 1)).toBeAllclose(1 / 2, 0, within(Math.sqrt(1 / 12)));
    expect(moment(u, 2)).toBeAllclose(1 / 3, 0, within(Math.sqrt(4 / 45)));
    expect(u.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it("normal: moments 0, 1, 0, 3 (sd 1, sqrt 2, sqrt 15, sqrt 96) and 31.73 % beyond 1", () => {
    const z = stream(3, "n").normal(0, floats(N));
    expect(moment(z, 1)).toBeAllclose(0, 0, within(1));
    expect(moment(z, 2)).toBeAllclose(1, 0, within(Math.sqrt(2)));
    expect(moment(z, 3)).toBeAllclose(0, 0, within(Math.sqrt(15)));
    expect(moment(z, 4)).toBeAllclose(3, 0, within(Math.sqrt(96)));
    const p = 0.317311;
    expect(z.filter((x) => Math.abs(x) > 1).length / N).toBeAllclose(p, 0, within(Math.sqrt(p * (1 - p))));
    expect(z.every((x) => Math.abs(x) <= 6.67)).toBe(true);
  });

  it("normal: the two halves of a Box-Muller pair are uncorrelated, also in their squares", () => {
    const z = stream(4, "pairs").normal(0, floats(2 * N));
    const product = (f: (x: number) => number) => {
      let sum = 0;
      for (let i = 0; i < 2 * N; i += 2) sum += f(z[i]) * f(z[i + 1]);
      return sum / N;
    };
    expect(product((x) => x)).toBeAllclose(0, 0, within(1));
    expect(product((x) => x * x - 1)).toBeAllclose(0, 0, within(2));
  });

  it("integers: each of 7 values N/7 times (sd of the share sqrt(6)/7)", () => {
    const counts = Array.from({ length: 7 }, () => 0);
    for (const k of stream(5, "k").integers(0, 7, ints(N))) counts[k]++;
    expect(counts.map((count) => count / N)).toBeAllclose(
      Array.from(counts, () => 1 / 7),
      0,
      within(Math.sqrt(6) / 7),
    );
  });

  it("integers: stay in range at the largest bound, and their mean is half of it (sd bound / sqrt 12)", () => {
    const bound = 2 ** 31 - 1;
    const k = Float32Array.from(stream(5, "k").integers(1, bound, ints(N)), (x) => x / bound);
    expect(k.every((x) => x >= 0 && x <= 1)).toBe(true);
    expect(moment(k, 1)).toBeAllclose(1 / 2, 0, within(Math.sqrt(1 / 12)));
    expect([...stream(5, "k").integers(2, 1, ints(3))]).toEqual([0, 0, 0]);
  });

  it.each([0, 1, 2, 600, 5000])("permutation(%i) holds every index once", (n) => {
    const order = stream(6, "p").permutation(0, n);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("permutation: all 24 orders of 4 are equally frequent (20000 draws, sd of a share sqrt(23)/24)", () => {
    const draws = 20_000;
    const s = stream(6, "orders");
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const order = s.permutation(i, 4).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const shares = [...counts.values()].map((count) => count / draws);
    expect(shares).toBeAllclose(
      shares.map(() => 1 / 24),
      0,
      (4.5 * Math.sqrt(23)) / 24 / Math.sqrt(draws),
    );
  });
});

describe("what is refused", () => {
  it.each([0.5, Number.NaN, 2 ** 53])("seed %d", (seed) => {
    expect(() => stream(seed, "z")).toThrow(expect.objectContaining({ code: "BAD_CONFIG" }));
  });

  it.each([
    () => stream(0, "z").uniform(-1, floats(1)),
    () => stream(0, "z").normal(1.5, floats(1)),
    () => stream(0, "z").integers(0, 0, ints(1)),
    () => stream(0, "z").integers(0, 2 ** 31, ints(1)),
    () => stream(0, "z").permutation(0, -1),
  ])("%s", (draw) => {
    expect(draw).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  });
});
