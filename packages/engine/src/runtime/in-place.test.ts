import { float32Array } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import type { Model, ModelPort } from "../onnx/model.js";
import { InPlaceSession } from "./in-place.js";
import { loadOrt } from "./ort.js";

const LARGE = 1 << 20;
const port = (name: string, n: number): ModelPort => ({ name, shape: [n], dtype: "float32" });

/** y = -x, and of as many values as `indices` says z = x[indices]. */
const model = (n: number): Model => ({
  name: "in-place-test",
  nodes: [
    { op: "Neg", domain: "", inputs: ["x"], outputs: ["y"], attributes: {} },
    { op: "Gather", domain: "", inputs: ["x", "indices"], outputs: ["z"], attributes: {} },
  ],
  initializers: [],
  inputs: [port("x", n), { ...port("indices", 1), dtype: "int32" }],
  outputs: [port("y", n), port("z", 1)],
});

async function open(n: number, index = n - 1) {
  const ort = await loadOrt();
  const session = await InPlaceSession.create(model(n), { threads: 1 });
  const tensor = (size: number) => new ort.Tensor("float32", float32Array(size), [size]);
  const [x, y, z] = [tensor(n), tensor(n), tensor(1)];
  const indices = new ort.Tensor("int32", Int32Array.of(index), [1]);
  x.data.forEach((_, i, data) => (data[i] = i + 1));
  return { y, z, session, run: () => session.run({ x, indices }, { y, z }) };
}

describe("InPlaceSession", () => {
  it.each([4, LARGE])("writes results of %i values where it is told to, in every run", async (n) => {
    const { y, z, run, session } = await open(n);
    for (let i = 0; i < 3; i++) {
      for (const { data } of [y, z]) data.fill(0);
      await run();
      expect(y.data[n - 1]).toBe(-n);
      expect(z.data[0]).toBe(n);
    }
    await session.release();
  });

  it("makes no copy of large results", async () => {
    const { run, session } = await open(LARGE);
    await run();
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 8; i++) await run();
    // With copies, eight times 4 MB unless the collector runs in between, and then some of them are still there.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(LARGE);
    await session.release();
  });

  it("passes on what goes wrong in a run", async () => {
    const { run, session } = await open(LARGE, LARGE);
    await expect(run()).rejects.toThrow(/indices element out of data bounds/u);
    await session.release();
  });
});
