import { describe, expect, it } from "vitest";
import { emaDecay } from "./ema.js";
import type { Progress } from "./optimizer.js";
import { constantRate, cosine, linearDecay, warmup } from "./schedules.js";

const at = (kimg: number, update = 1): Progress => ({ update, kimg, totalKimg: 200 });
const along = (schedule: (progress: Progress) => number, ...kimgs: number[]) => kimgs.map((kimg) => schedule(at(kimg)));
const badConfig = expect.objectContaining({ code: "BAD_CONFIG" });

describe("schedules over 200 kimg", () => {
  it("constantRate is 1, or what it is told", () => {
    expect(along(constantRate(), 0, 100, 200)).toEqual([1, 1, 1]);
    expect(along(constantRate(0.1), 0, 100, 200)).toEqual([0.1, 0.1, 0.1]);
  });

  it("linearDecay from half: 1 until 100, 0.5 at 150, 0 at 200 and after", () => {
    expect(along(linearDecay({ from: 0.5 }), 0, 100, 125, 150, 200, 201)).toBeAllclose(
      [1, 1, 0.75, 0.5, 0, 0],
      1e-12,
      1e-12,
    );
  });

  it("linearDecay from 120 kimg to 0.2: 0.6 half-way at 160", () => {
    expect(along(linearDecay({ fromKimg: 120, to: 0.2 }), 0, 120, 160, 200)).toBeAllclose(
      [1, 1, 0.6, 0.2],
      1e-12,
      1e-12,
    );
  });

  it("linearDecay from the very end or beyond it is 1 until the end", () => {
    expect(along(linearDecay({ from: 1 }), 0, 199, 200)).toEqual([1, 1, 1]);
    expect(along(linearDecay({ fromKimg: 300 }), 0, 199, 200)).toEqual([1, 1, 1]);
  });

  it("cosine to 0.2: (1 + cos 60°) / 2 = 3/4 of the way at a third, half-way at a half", () => {
    const third = 200 / 3;
    expect(along(cosine({ to: 0.2 }), 0, third, 100, 200)).toBeAllclose([1, 0.2 + 0.8 * 0.75, 0.6, 0.2], 1e-12, 1e-12);
  });

  it("warmup over 10 kimg multiplies what follows: 0, 1/2 and 1 times 1 - kimg / 200", () => {
    expect(along(warmup({ kimg: 10, schedule: linearDecay() }), 0, 5, 10, 100)).toBeAllclose(
      [0, 0.4875, 0.95, 0.5],
      1e-12,
      1e-12,
    );
  });

  it("warmup over 4 updates: 1/4, 1/2, 1, 1", () => {
    expect([1, 2, 4, 9].map((update) => warmup({ updates: 4 })(at(0, update)))).toEqual([0.25, 0.5, 1, 1]);
  });

  it.each([
    () => constantRate(-1),
    () => linearDecay({ from: 0.5, fromKimg: 10 }),
    () => linearDecay({ from: 1.5 }),
    () => cosine({ to: Number.NaN }),
    () => cosine({ fromKimg: -1 }),
    () => warmup({}),
    () => warmup({ kimg: 1, updates: 1 }),
    () => warmup({ kimg: 0 }),
  ])("%s is refused", (make) => {
    expect(make).toThrow(badConfig);
  });
});

describe("emaDecay", () => {
  it("halves after the half-life: 250 updates of 40 images are 10 kimg", () => {
    expect(emaDecay({ halfLifeKimg: 10, batchSize: 40 }) ** 250).toBeAllclose(0.5, 1e-12);
  });

  it("at 10 kimg and batch 32 is exp(-0.0032 log 2) = 0.997784…; at half-life 0 is 0", () => {
    expect(emaDecay({ halfLifeKimg: 10, batchSize: 32 })).toBeAllclose(0.99778436, 1e-8);
    expect(emaDecay({ halfLifeKimg: 0, batchSize: 32 })).toBe(0);
  });

  it("at 20 kimg has a half-life of at most 0.05 * 20 = 1 kimg: 0.5^(40/1000) = 0.9726549", () => {
    expect(emaDecay({ halfLifeKimg: 10, batchSize: 40, kimg: 20 })).toBeAllclose(0.97265495, 1e-8);
    expect(emaDecay({ halfLifeKimg: 10, batchSize: 40, kimg: 400 })).toBe(
      emaDecay({ halfLifeKimg: 10, batchSize: 40 }),
    );
    expect(emaDecay({ halfLifeKimg: 10, batchSize: 40, kimg: 0 })).toBe(0);
  });

  it("refuses a negative half-life and an empty batch", () => {
    expect(() => emaDecay({ halfLifeKimg: -1, batchSize: 1 })).toThrow(badConfig);
    expect(() => emaDecay({ halfLifeKimg: 1, batchSize: 0 })).toThrow(badConfig);
  });
});
