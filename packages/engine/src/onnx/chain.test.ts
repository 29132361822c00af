import { describe, expect, it } from "vitest";
import { int, type OnnxNode } from "../lower/lowering.js";
import { InPlaceSession } from "../runtime/in-place.js";
import { loadOrt } from "../runtime/ort.js";
import { bundleNumbers } from "./bundle.js";
import { chainModels } from "./chain.js";
import type { Model, ModelPort } from "./model.js";

const port = (name: string, ...shape: number[]): ModelPort => ({ name, shape, dtype: "float32" });
const node = (op: string, inputs: string[], outputs: string[], attributes: OnnxNode["attributes"] = {}): OnnxNode => ({
  op,
  domain: "",
  inputs,
  outputs,
  attributes,
});
const pair = { name: "pair", dtype: "int64", shape: [2], data: [1, 1] } as const;
const halves = (input: string, outputs: string[]): OnnxNode =>
  node("Split", [input, "pair"], outputs, { axis: int(0) });

/** Takes half a step of its own: w <- w - rate * first half of v, and tells the second half times the scale. */
const model: Model = {
  name: "play",
  nodes: [
    halves("hyper", ["rate", "scale"]),
    halves("state/v", ["a", "b"]),
    node("Mul", ["rate", "a"], ["step"]),
    node("Sub", ["state/w", "step"], ["new/w"]),
    node("Mul", ["scale", "b"], ["told"]),
    node("Mul", ["x", "b"], ["moved"]),
  ],
  initializers: [pair],
  inputs: [port("x", 3), port("hyper", 2), port("state/v", 2), port("state/w", 1)],
  outputs: [port("told", 1), port("moved", 3), port("new/w", 1)],
};
const twice = chainModels("twice", [model, model]);
const ops = ({ nodes }: Model): string[] => nodes.map(({ op }) => op);

describe("chainModels", () => {
  it("makes once what both make of an entry that neither replaces, and the steps twice", () => {
    expect(ops(twice).filter((op) => op === "Split")).toHaveLength(3); // of each hyper, and of v
    expect(ops(twice).filter((op) => op === "Sub")).toHaveLength(2);
    expect(twice.outputs.map(({ name }) => name)).toEqual(["0/told", "0/moved", "new/w", "1/told", "1/moved"]);
  });

  it("makes a result again that is an output of both", () => {
    const square = node("Mul", ["state/v", "state/v"], ["told"]);
    const told = { ...model, nodes: [square], inputs: [port("state/v", 2)], outputs: [port("told", 2)] };
    expect(chainModels("told", [told, told]).nodes.map(({ outputs }) => outputs)).toEqual([["0/told"], ["1/told"]]);
  });
});

describe("bundleNumbers", () => {
  const bundled = bundleNumbers(twice);

  it("hands over few numbers as one vector, cut into what they are used as; state by itself", () => {
    expect(bundled.model.inputs.map(({ name }) => name)).toEqual(["state/v", "state/w", "numbers/in"]);
    expect(bundled.inputs).toEqual([
      { name: "0/x", offset: 0, length: 3 },
      { name: "0/hyper", offset: 3, length: 2 },
      { name: "1/x", offset: 5, length: 3 },
      { name: "1/hyper", offset: 8, length: 2 },
    ]);
    expect(bundled.model.nodes[0].outputs).toEqual(["0/x", "0/rate", "0/scale", "1/x", "1/rate", "1/scale"]);
    expect(bundled.model.outputs.map(({ name }) => name)).toEqual(["new/w", "numbers/out"]);
  });

  it("leaves a single small port, long vectors and matrices as they are", () => {
    const alone = { ...model, inputs: [port("x", 3), port("y", 1, 2), port("z", 9)], outputs: [port("told", 1)] };
    expect(bundleNumbers(alone)).toEqual({ model: alone, inputs: [], outputs: [] });
  });

  it("computes the same as one model after the other: 7 - 2 * 3 - 4 * 3", async () => {
    const ort = await loadOrt();
    const tensor = (values: readonly number[]) => new ort.Tensor("float32", Float32Array.from(values), [values.length]);
    const numbers = [1, 2, 3, /* rate, scale */ 2, 10, 4, 5, 6, 4, 100];
    const out = tensor(Array<number>(8).fill(0));
    const w = tensor([0]);
    const session = await InPlaceSession.create(bundled.model, { threads: 1 });
    await session.run(
      { "state/v": tensor([3, 5]), "state/w": tensor([7]), "numbers/in": tensor(numbers) },
      { "new/w": w, "numbers/out": out },
    );
    await session.release();
    expect(Array.from(w.data)).toEqual([-11]);
    const at = (name: string): number[] => {
      const { offset, length } = bundled.outputs.find((slot) => slot.name === name) ?? { offset: 0, length: 0 };
      return Array.from(out.data.subarray(offset, offset + length));
    };
    expect([at("0/told"), at("0/moved"), at("1/told"), at("1/moved")]).toEqual([
      [50],
      [5, 10, 15],
      [500],
      [20, 25, 30],
    ]);
  });
});
