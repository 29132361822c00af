import type { DataSpec } from "@gan-arena/core";
import { describe, expect, test } from "vitest";
import { styleganConfig } from "./config.js";
import { planFor } from "./plan.js";

const images = (side: number, more: Partial<DataSpec> = {}): DataSpec => ({
  name: "pictures",
  fields: { x: { shape: [side, side, 3], dtype: "float32" } },
  image: { height: side, width: side, channels: 3 },
  size: 10,
  ...more,
});
const config = styleganConfig.parse({ filters: 32, maxFilters: 128 });

describe("planFor", () => {
  test.each([
    [16, [4, 8, 16], [128, 64, 32]],
    [28, [7, 14, 28], [128, 64, 32]],
    [32, [4, 8, 16, 32], [128, 128, 64, 32]],
    [64, [4, 8, 16, 32, 64], [128, 128, 128, 64, 32]],
  ])("%i pixels", (side, sides, widths) => {
    const { levels } = planFor(config, images(side));
    expect(levels.map((level) => level.side)).toEqual(sides);
    expect(levels.map((level) => level.width)).toEqual(widths);
  });

  test("16 pixels have convolutions at 4, 8, 8, 16, 16: 5 layers, 6 styles, 16 + 2 * 64 + 2 * 256 = 656 numbers of noise", () => {
    const plan = planFor(config, images(16));
    expect(plan.layers.map(({ kind, level }) => `${kind}${level}`)).toEqual([
      "conv0",
      "upConv1",
      "conv1",
      "upConv2",
      "conv2",
    ]);
    expect(plan.layers.map(({ noiseAt }) => noiseAt)).toEqual([0, 16, 80, 144, 400]);
    expect([plan.styles, plan.noise]).toEqual([6, 656]);
  });

  test("the form of 2019 styles the constant too: one layer, 16 numbers more", () => {
    const plan = planFor({ ...config, style: "adain" }, images(16));
    expect(plan.layers[0]).toEqual({ level: 0, kind: "constant", noiseAt: 0 });
    expect([plan.styles, plan.noise]).toEqual([7, 672]);
  });

  test("labels count when they are asked for", () => {
    const labelled = images(16, { classes: 10 });
    expect(planFor(config, labelled).classes).toBe(0);
    expect(planFor({ ...config, conditional: true }, labelled).classes).toBe(10);
    expect(() => planFor({ ...config, conditional: true }, images(16))).toThrow(
      '[stylegan] conditional=true needs labels, and "pictures" has none; leave it false',
    );
  });

  test.each([
    ["images of 20 pixels", images(20), "got 20x20 images"],
    ["points", { ...images(16), image: undefined, points: { dim: 2 } }, "got points"],
  ])("refuses %s", (_, data, got) => {
    expect(() => planFor(config, data)).toThrow(`[stylegan] needs square images of 16, 28, 32 or 64 pixels, ${got}`);
  });
});
