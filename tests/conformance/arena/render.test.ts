import { batch, cycle, normal, tf, uniform, view } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { lineData, lineVariant, open } from "./support.js";

const noise = view({ name: "noise", draws: { z: normal(1) }, render: ({ G }, { z }) => tf.add(z, tf.mul(0, G(z))) });
const flat = view({ name: "flat", draws: { u: uniform(1, -3, 5) }, render: (_, { u }) => u });
const translation = view({ name: "translation", draws: { x: batch() }, render: (_, { x }) => tf.add(x, 100) });
const labels = view({ name: "labels", draws: { c: cycle(10) }, render: (_, { c }) => tf.cast(tf.reshape(c, [-1, 1]), "float32") });
const pair = view({ name: "pair", draws: { z: normal(1) }, render: (_, { z }) => tf.reshape(tf.stack([z, tf.neg(z)], 1), [-1, 1]) });
const variant = lineVariant({ views: () => [noise, flat, translation, labels, pair] });
const rendered = async (options: { view?: string; n: number; counter?: number; seed?: number; truncate?: number }): Promise<number[]> => {
  const { arena } = await open(variant, { data: lineData((position) => position) });
  return Array.from((await arena.render(options)).data);
};

describe("render", () => {
  it("sample i is the same whatever number is asked for, across batches of 64", async () => {
    const many = await rendered({ n: 150 });
    expect(many.length).toBe(150);
    expect(await rendered({ n: 70 })).toEqual(many.slice(0, 70));
    expect(new Set(many).size).toBe(150);
  });

  it("other counters and seeds give other samples", async () => {
    const first = await rendered({ n: 5 });
    expect(await rendered({ n: 5, counter: 1 })).not.toEqual(first);
    expect(await rendered({ n: 5, seed: 1 })).not.toEqual(first);
    expect(await rendered({ n: 5, counter: 0, seed: 0 })).toEqual(first);
  });

  // Variance of N(0,1) within [-t,t]: 1 - 2 t pdf(t) / (cdf(t) - cdf(-t)), from tables of the normal distribution.
  it.each([
    [0.3, 0.0297],
    [1, 0.2911],
    [1.5, 0.5515],
  ])("truncate %d keeps normal noise within, with variance %d", async (truncate, variance) => {
    const samples = await rendered({ n: 20_000, truncate });
    expect(samples.every((z) => Math.abs(z) <= truncate)).toBe(true);
    expect(samples.reduce((sum, z) => sum + z * z, 0) / 20_000).toBeAllclose(variance, 0.03);
    expect(samples.reduce((sum, z) => sum + z, 0) / 20_000).toBeAllclose(0, 0, 0.02);
  });

  it("uniform noise fills its range", async () => {
    const samples = await rendered({ view: "flat", n: 1000 });
    expect(Math.min(...samples)).toBeAllclose(-3, 0, 0.05);
    expect(Math.max(...samples)).toBeAllclose(5, 0, 0.05);
  });

  it("views of real samples go through the test split in order", async () => {
    expect(await rendered({ view: "translation", n: 66 })).toEqual(Array.from({ length: 66 }, (_, i) => 100 + i));
  });

  it("labels of a cycle go on across batches of 64: sample i is i mod 10", async () => {
    expect(await rendered({ view: "labels", n: 130 })).toEqual(Array.from({ length: 130 }, (_, i) => i % 10));
  });

  it("a view may return several samples for each draw", async () => {
    const samples = await rendered({ view: "pair", n: 65 });
    expect(samples.length).toBe(130);
    expect(samples[129]).toBe(-samples[128]);
  });

  it.each([
    [{ view: "nois", n: 1 }, /there is no view "nois"; did you mean "noise"\?/],
    [{ n: 0 }, /the number of samples must be a whole number from 1 on, got 0/],
    [{ n: 1, truncate: 0 }, /truncate must be a number above 0, got 0/],
  ])("refuses %o", async (options, message) => {
    await expect(rendered(options)).rejects.toThrow(message);
  });
});
