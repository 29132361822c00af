import { describe, expect, it } from "vitest";
import { emptyDraws, fillCycle } from "../arena/inputs.js";
import { cycle, normal } from "./draws.js";

describe("cycle", () => {
  it("goes on where it stopped: 3 labels, 4 samples a play: 0 1 2 0, then 1 2 0 1", () => {
    const { c } = emptyDraws({ c: cycle(3) }, { c: { shape: [4], dtype: "int32" } });
    fillCycle(3, 0, c.data as Int32Array);
    expect([...c.data]).toEqual([0, 1, 2, 0]);
    fillCycle(3, 4, c.data as Int32Array);
    expect([...c.data]).toEqual([1, 2, 0, 1]);
  });

  it("is held in int32, noise in float32", () => {
    const draws = { c: cycle(3), z: normal(2) };
    const specs = { c: { shape: [4], dtype: "int32" }, z: { shape: [4, 2], dtype: "float32" } } as const;
    const { c, z } = emptyDraws(draws, specs);
    expect([c.dtype, c.data.constructor, z.dtype, z.data.constructor]).toEqual([
      "int32",
      Int32Array,
      "float32",
      Float32Array,
    ]);
  });
});
