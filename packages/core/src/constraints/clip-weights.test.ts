import { expect, it } from "vitest";
import { tf } from "../tensor/tf.js";
import { clipWeights } from "./clip-weights.js";

it("clips to [-0.5, 0.5] and leaves the rest alone, bit for bit", () => {
  const params = tf.tensor1d([-3, -0.5, -0.1, 0, 0.3, 0.5, 7]);
  const inside = Math.fround(0.3);
  expect([...clipWeights(0.5).apply(params).dataSync()]).toEqual([-0.5, -0.5, Math.fround(-0.1), 0, inside, 0.5, 0.5]);
});

it("names itself with its bound", () => {
  expect(clipWeights(0.01).name).toBe("clipWeights(0.01)");
});

it.each([0, -1, Number.NaN, Infinity])("refuses %d", (c) => {
  expect(() => clipWeights(c)).toThrow(expect.objectContaining({ code: "BAD_CONFIG" }));
});
