import { describe, expect, it } from "vitest";
import { Graph, type Value } from "../graph/ir.js";
import { simplify } from "./simplify.js";

const graph = (): Graph => new Graph("test", simplify);
const pointwise = (g: Graph, op: string, inputs: Value[], shape = inputs[0]?.shape ?? []): Value =>
  g.make({ op, inputs, shape });

describe("the simplifier", () => {
  it("makes equal nodes once", () => {
    const g = graph();
    const x = g.input("x", [3], "float32");
    expect(pointwise(g, "Exp", [x])).toBe(pointwise(g, "Exp", [x]));
  });

  it("folds 2 * 3 + 1 to 7 without making a node", () => {
    const g = graph();
    const six = pointwise(g, "Mul", [g.splat(2, [4]), g.splat(3, [4])]);
    expect(pointwise(g, "Add", [six, g.splat(1, [4])]).splat).toBe(7);
  });

  it("never stores a fill at full size", () => {
    const g = graph();
    const ones = g.constant(new Float32Array(100_000).fill(1), [100_000], "float32");
    expect(ones).toMatchObject({ splat: 1 });
    expect(ones.data).toBeUndefined();
  });

  it.each([
    ["x + 0", "Add", 0],
    ["x - 0", "Sub", 0],
    ["x * 1", "Mul", 1],
    ["x / 1", "Div", 1],
    ["x ^ 1", "Pow", 1],
  ] as const)("%s is x", (_, op, number) => {
    const g = graph();
    const x = g.input("x", [3], "float32");
    expect(pointwise(g, op, [x, g.splat(number, [])], [3])).toBe(x);
  });

  it("takes the sign of a multiple into its factor: -(3 x) is -3 x", () => {
    const g = graph();
    const x = g.input("x", [3], "float32");
    const multiple = pointwise(g, "Neg", [pointwise(g, "Mul", [g.splat(3, []), x], [3])]);
    expect(multiple.node.op).toBe("Mul");
    expect(multiple.node.inputs[0].splat).toBe(-3);
    expect(pointwise(g, "Neg", [pointwise(g, "Mul", [x, x])]).node.op).toBe("Neg");
  });

  it("keeps x + 0 where it also broadcasts x", () => {
    const g = graph();
    const x = g.input("x", [3], "float32");
    expect(pointwise(g, "Add", [x, g.splat(0, [2, 3])], [2, 3])).not.toBe(x);
  });

  it("divides by 8 through a multiplication with the same bits, by 3 not", () => {
    const g = graph();
    const x = g.input("x", [3], "float32");
    expect(pointwise(g, "Div", [x, g.splat(8, [])], [3]).node.op).toBe("Mul");
    expect(pointwise(g, "Div", [x, g.splat(3, [])], [3]).node.op).toBe("Div");
  });

  it("uses an expanded operand unexpanded when the other one has the full shape", () => {
    const g = graph();
    const [x, bias] = [g.input("x", [4, 3], "float32"), g.input("b", [1, 3], "float32")];
    const expanded = g.make({ op: "Expand", inputs: [bias], shape: [4, 3] });
    expect(pointwise(g, "Add", [x, expanded]).node.inputs[1]).toBe(bias);
    expect(pointwise(g, "Add", [expanded, expanded], [4, 3]).node.inputs[1]).toBe(expanded);
  });

  it("uses a number that lost its axis as it was, unless it would give the result one more", () => {
    const g = graph();
    const [x, rate] = [g.input("x", [3], "float32"), g.input("rate", [1], "float32")];
    const scalar = g.make({ op: "Reshape", inputs: [rate], shape: [] });
    expect(pointwise(g, "Mul", [scalar, x], [3]).node.inputs[0]).toBe(rate);
    expect(pointwise(g, "Mul", [scalar, scalar], []).node.inputs[0]).toBe(scalar);
  });

  it("joins reshapes and transposes that follow one another", () => {
    const g = graph();
    const x = g.input("x", [2, 6], "float32");
    const there = g.make({ op: "Reshape", inputs: [x], shape: [3, 4] });
    expect(g.make({ op: "Reshape", inputs: [there], shape: [2, 6] })).toBe(x);
    const turned = g.make({ op: "Transpose", inputs: [x], attributes: { perm: [1, 0] }, shape: [6, 2] });
    expect(g.make({ op: "Transpose", inputs: [turned], attributes: { perm: [1, 0] }, shape: [2, 6] })).toBe(x);
  });

  it("writes x > 0 as a number without comparing, and the slope of a leaky unit as one clip", () => {
    const g = graph();
    const x = g.input("x", [3], "float32");
    const positive = g.make({ op: "Greater", inputs: [x, g.splat(0, [])], shape: [3], dtype: "bool" });
    const step = g.make({ op: "Cast", inputs: [positive], attributes: { to: "float32" }, shape: [3] });
    expect(step.node).toMatchObject({ op: "HardSigmoid", attributes: { beta: 0 } });
    const slope = pointwise(g, "Add", [pointwise(g, "Mul", [step, g.splat(0.75, [])]), g.splat(0.25, [])]);
    expect(slope.node).toMatchObject({ op: "Clip", attributes: { min: 0.25, max: 1 } });
    expect(slope.node.inputs[0]?.node).toMatchObject({ op: "Mul", inputs: [x, expect.anything()] });
  });
});
