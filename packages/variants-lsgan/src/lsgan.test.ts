import { sizeOf, type DataSpec } from "@gan-arena/core/base";
import { packedSize, recordNetwork, tf } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { lsganConfig, targetsOf } from "./config.js";
import { lsgan } from "./lsgan.js";

await tf.setBackend("cpu");

const points: DataSpec = { name: "p", fields: { x: { shape: [1], dtype: "float32" } }, points: { dim: 1 }, size: 9 };
const digits = (side: number): DataSpec => ({
  name: "d",
  fields: { x: { shape: [side, side, 1], dtype: "float32" } },
  image: { height: side, width: side, channels: 1 },
  size: 9,
});

describe("targets", () => {
  it.each([
    [{}, { a: 0, b: 1, c: 1 }],
    [{ coding: "pearson" }, { a: -1, b: 1, c: 0 }],
    [
      { coding: "pearson", c: 0.5 },
      { a: -1, b: 1, c: 0.5 },
    ],
  ])("%o are %o", (set, targets) => {
    expect(targetsOf(lsganConfig.parse(set))).toEqual(targets);
  });
});

describe("losses for D(x) = x, G(z) = 2 z, x = 3 and z = 1", () => {
  const nets = { G: (z: tf.Tensor) => tf.mul(2, z), D: (x: tf.Tensor) => tf.mul(1, x) };
  const inputs = { x: tf.tensor2d([[3]]), z: tf.tensor2d([[1]]) };
  const termsOf = (set: object, phase: number) => {
    const { terms } = lsgan.phases(lsganConfig.parse(set), points)[phase].loss(nets, inputs, {});
    return Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, (value as tf.Tensor).dataSync()[0]]));
  };

  // 1/2 (3 - 1)^2 + 1/2 (2 - 0)^2 = 4 and 1/2 (2 - 1)^2; 1/2 (3 - 1)^2 + 1/2 (2 + 1)^2 = 6.5 and 1/2 (2 - 0)^2.
  it.each([
    ["zeroOne", 4, 0.5],
    ["pearson", 6.5, 2],
  ])("%s: %d for D and %d for G", (coding, d, g) => {
    expect(termsOf({ coding, r1Gamma: 0 }, 0)).toEqual({ adversarial: d });
    expect(termsOf({ coding }, 1)).toEqual({ adversarial: g });
  });

  it("R1 with gamma 0.5 adds 0.5 / 2 * 1", () => {
    expect(termsOf({ r1Gamma: 0.5 }, 0)["r1"]).toBeCloseTo(0.25, 6);
  });
});

describe("networks", () => {
  const shapes = (side: number) => {
    const { G, D } = lsgan.networks(lsganConfig.parse({ filters: 2 }), digits(side));
    const [g, d] = [recordNetwork("G", G), recordNetwork("D", D)];
    const x = g.call(tf.zeros([3, 5]));
    return { x: x.shape, score: d.call(x).shape, layers: g.layout().params.parts, size: packedSize(g.layout().params) };
  };

  it.each([28, 32, 64])("make and score images of %d pixels", (side) => {
    const { x, score } = shapes(side);
    expect([x, score]).toEqual([
      [3, side, side, 1],
      [3, 1],
    ]);
  });

  it("at 64 pixels G has four steps of stride 2, the first two followed by a layer of stride 1, and one more to the image", () => {
    const filters = shapes(64).layers.filter(({ role }) => role === "filter");
    expect(filters.map(({ name }) => name.replace(/2d(_\d+)?\/filter$/u, ""))).toEqual([
      "convTranspose",
      "conv",
      "convTranspose",
      "conv",
      "convTranspose",
      "convTranspose",
      "conv",
    ]);
    expect(filters.every(({ shape }) => sizeOf(shape) > 0)).toBe(true);
  });

  it("are perceptrons for points", () => {
    const { G } = lsgan.networks(lsganConfig.parse({ hidden: 3, layers: 1 }), points);
    const recorder = recordNetwork("G", G);
    expect(recorder.call(tf.zeros([3, 2])).shape).toEqual([3, 1]);
    expect(packedSize(recorder.layout().params)).toBe(2 * 3 + 3 + 3 + 1);
  });
});
