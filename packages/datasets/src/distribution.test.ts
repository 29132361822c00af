import type { DataSource } from "@gan-arena/core/base";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK } from "./distribution.js";
import { gaussian1d } from "./gaussian-1d.js";
import { grid } from "./grid.js";
import { ring } from "./ring.js";
import { swissRoll } from "./swiss-roll.js";
import { uniform1d } from "./uniform-1d.js";

const home = { home: "." };
const N = 20_000;
const draw = (source: DataSource, n = N, seed = 1) => source.batch({ seed, position: 0 }, n).x.data as Float32Array;
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const std = (values: ArrayLike<number>) => {
  const centre = mean(values);
  return Math.sqrt(mean(Array.from(values, (value) => (value - centre) ** 2)));
};
const axis = (points: Float32Array, which: 0 | 1) => points.filter((_, i) => i % 2 === which);

const datasets = [ring, grid, gaussian1d, uniform1d, swissRoll];

describe.each(datasets)("$name as an endless source", (dataset) => {
  const open = () => dataset.open(dataset.config.parse({}) as never, home);

  it("serves [n,dim] float32 points without end", async () => {
    const { train } = await open();
    const dim = train.spec.points?.dim;
    expect(train.spec).toMatchObject({
      name: dataset.name,
      size: Infinity,
      fields: { x: { shape: [dim], dtype: "float32" } },
    });
    const { x } = train.batch({ seed: 0, position: 2 ** 45 }, 3);
    expect(x).toMatchObject({ shape: [3, dim], dtype: "float32" });
    expect(x.data).toHaveLength(3 * (dim ?? 0));
    expect(x.data.every(Number.isFinite)).toBe(true);
  });

  it("makes sample `position` a function of (seed, position): a batch is the same however it is cut", async () => {
    const { train } = await open();
    const cut = fc.record({
      seed: fc.integer({ min: 0, max: 3 }),
      position: fc.integer({ min: 0, max: 5 * BLOCK }),
      pieces: fc.array(fc.integer({ min: 1, max: 2 * BLOCK }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(cut, ({ seed, position, pieces }) => {
        const total = pieces.reduce((sum, piece) => sum + piece, 0);
        const whole = train.batch({ seed, position }, total).x.data;
        const parts: number[] = [];
        let at = position;
        for (const piece of pieces) {
          train.batch({ seed: seed + 1, position: at }, 2); // another run that reads the same source
          parts.push(...train.batch({ seed, position: at }, piece).x.data);
          at += piece;
        }
        expect(Array.from(whole)).toEqual(parts);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  it("gives the same samples again when it goes back over the border of two blocks", async () => {
    const { train } = await open();
    const border = { seed: 0, position: BLOCK - 3 };
    const first = train.batch(border, 6).x.data;
    expect(train.batch(border, 6).x.data).toEqual(first);
    expect(train.batch({ seed: 0, position: BLOCK }, 3).x.data).toEqual(first.slice(first.length / 2));
  });

  it("gives train and test, and two seeds, points of their own", async () => {
    const { train, test } = await open();
    const reference = draw(train, 64);
    for (const other of [draw(test, 64), draw(train, 64, 2)]) {
      const same = other.filter((value, i) => value === reference[i]);
      expect(same).toHaveLength(0);
    }
  });

  it("hands out arrays that the caller may overwrite", async () => {
    const { train } = await open();
    const before = Array.from(draw(train, 8));
    draw(train, 8).fill(99);
    expect(Array.from(draw(train, 8))).toEqual(before);
  });

  it("identifies its parameters and its split by the fingerprint", async () => {
    const [first, again] = [await open(), await open()];
    expect(first.train.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(again.train.fingerprint).toBe(first.train.fingerprint);
    expect(first.test.fingerprint).not.toBe(first.train.fingerprint);
  });

  it("has a default and a description for every field of its config", () => {
    const { shape } = dataset.config as unknown as { shape: Record<string, { description?: string }> };
    expect(Object.keys(shape).sort()).toEqual(Object.keys(dataset.config.parse({}) as object).sort());
    for (const field of Object.values(shape)) expect(field.description).toMatch(/\w+ \w+/);
  });

  it("refuses a batch that cannot be", async () => {
    const { train } = await open();
    expect(() => train.batch({ seed: 0, position: -1 }, 2)).toThrow(
      `[${dataset.name}/train] a batch must have n >= 1 samples from a position >= 0, both whole, got n = 2, position = -1`,
    );
    expect(() => train.batch({ seed: 0, position: 0 }, 0)).toThrow("got n = 0");
  });
});

describe("ring", () => {
  it("puts 8 modes of weight 1/8 and deviation 0.02 on a circle of radius 2", async () => {
    const { train, truth } = await ring.open(ring.config.parse({}), home);
    const centres = truth?.centres ?? [];
    expect(centres).toHaveLength(8);
    const half = Math.SQRT2; // 2 cos(45 degrees)
    expect(centres.flat()).toBeAllclose(
      [2, 0, half, half, 0, 2, -half, half, -2, 0, -half, -half, 0, -2, half, -half],
      1e-12,
      1e-12,
    );
    expect(truth?.std).toBe(0.02);

    const points = draw(train);
    const counts = Array.from({ length: 8 }, () => 0);
    const offsets: number[] = [];
    for (let i = 0; i < N; i++) {
      const [x, y] = [points[2 * i], points[2 * i + 1]];
      const mode = (Math.round((Math.atan2(y, x) / (2 * Math.PI)) * 8) + 8) % 8;
      counts[mode]++;
      offsets.push(x - centres[mode][0], y - centres[mode][1]);
    }
    // 20,000 / 8 = 2500 with deviation sqrt(2500 * 7/8) = 47: 4 of them are 187.
    expect(counts).toBeAllclose(
      Array.from({ length: 8 }, () => 2500),
      0,
      187,
    );
    // The deviation of 40,000 values is known to 0.02 / sqrt(80,000) = 0.00007; 4 of them.
    expect(std(offsets)).toBeAllclose(0.02, 0, 0.0003);
    expect(mean(offsets)).toBeAllclose(0, 0, 0.0004);
  });

  it("takes modes, radius and std, and names the bound that is broken", async () => {
    const { truth } = await ring.open(ring.config.parse({ modes: 2, radius: 3, std: 1 }), home);
    expect(truth?.centres.flat()).toBeAllclose([3, 0, -3, 0], 1e-12, 1e-12);
    expect(ring.config.safeParse({ modes: 0 }).error?.issues[0]).toMatchObject({ path: ["modes"], code: "too_small" });
    expect(ring.config.safeParse({ std: 0 }).success).toBe(false);
  });

  it("has another fingerprint when a parameter differs", async () => {
    const prints = await Promise.all(
      [{}, { std: 0.03 }, { modes: 9 }].map(
        async (given) => (await ring.open(ring.config.parse(given), home)).train.fingerprint,
      ),
    );
    expect(new Set(prints).size).toBe(3);
  });
});

describe("grid", () => {
  it("has 25 modes 1 apart from -2 to 2, in each axis with variance 2 + 0.05^2", async () => {
    const { train, truth } = await grid.open(grid.config.parse({}), home);
    expect(truth?.centres).toHaveLength(25);
    expect(new Set(truth?.centres.flat())).toEqual(new Set([-2, -1, 0, 1, 2]));
    // mean of (4, 1, 0, 1, 4) = 2; standard error of the deviation near 0.004
    for (const which of [0, 1] as const) expect(std(axis(draw(train), which))).toBeAllclose(Math.sqrt(2.0025), 0, 0.02);
  });
});

describe("gaussian-1d", () => {
  it("has mean 2 and deviation 0.5, and is a mixture of one", async () => {
    const { train, truth } = await gaussian1d.open(gaussian1d.config.parse({}), home);
    const points = draw(train);
    expect(mean(points)).toBeAllclose(2, 0, 0.015); // 4 * 0.5 / sqrt(20,000)
    expect(std(points)).toBeAllclose(0.5, 0, 0.01);
    expect(truth).toEqual({ kind: "mixture", centres: [[2]], std: 0.5 });
  });
});

describe("uniform-1d", () => {
  it("fills [3,7) evenly: mean 5, deviation 4 / sqrt(12)", async () => {
    const { train } = await uniform1d.open(uniform1d.config.parse({ low: 3, high: 7 }), home);
    const points = draw(train);
    expect(Math.min(...points)).toBeAllclose(3, 0, 0.01);
    expect(Math.max(...points)).toBeAllclose(7, 0, 0.01);
    expect(points.every((x) => x >= 3 && x < 7)).toBe(true);
    expect(mean(points)).toBeAllclose(5, 0, 0.033);
    expect(std(points)).toBeAllclose(4 / Math.sqrt(12), 0, 0.02);
  });

  it("refuses an empty interval", () => {
    const issue = uniform1d.config.safeParse({ low: 1, high: 1 }).error?.issues[0];
    expect(issue).toMatchObject({ path: ["high"], message: "high must be above low" });
  });
});

describe("swiss-roll", () => {
  it("without noise lies on the spiral: radius 1.5 pi (1 + 2u), turned by the same angle", async () => {
    const { train } = await swissRoll.open(swissRoll.config.parse({ noise: 0, scale: 1 }), home);
    const points = draw(train, 500);
    const radii: number[] = [];
    for (let i = 0; i < 500; i++) {
      const t = Math.hypot(points[2 * i], points[2 * i + 1]);
      radii.push(t);
      expect([t * Math.cos(t), t * Math.sin(t)]).toBeAllclose([points[2 * i], points[2 * i + 1]], 0, 1e-4);
    }
    expect(Math.min(...radii)).toBeAllclose(1.5 * Math.PI, 0.02);
    expect(Math.max(...radii)).toBeAllclose(4.5 * Math.PI, 0.02);
  });

  it("adds the noise to both axes before scaling: 3 / 2 makes a deviation of 1.5 on each", async () => {
    const [clean, noisy] = await Promise.all(
      [0, 3].map(async (noise) => draw((await swissRoll.open({ noise, scale: 2 }, home)).train)),
    );
    const difference = noisy.map((value, i) => value - clean[i]); // one seed, so the places on the roll are the same
    for (const which of [0, 1] as const) expect(std(axis(difference, which))).toBeAllclose(1.5, 0.02);
  });

  it("with the defaults has E|x|^2 = (13/3 (1.5 pi)^2 + 2 * 0.25^2) / 7.5^2", async () => {
    const { train } = await swissRoll.open(swissRoll.config.parse({}), home);
    const squares = draw(train).map((value) => value * value);
    // E (1 + 2u)^2 = 1 + 2 + 4/3 = 13/3
    expect(2 * mean(squares)).toBeAllclose(((13 / 3) * (1.5 * Math.PI) ** 2 + 0.125) / 56.25, 0.02);
  });
});
