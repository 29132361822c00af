import { describe, expect, it } from "vitest";
import type { OnnxNode } from "../lower/lowering.js";
import { liveNodes } from "./live-nodes.js";

const node = (op: string, inputs: string[], outputs: string[]): OnnxNode => ({
  op,
  domain: "",
  inputs,
  outputs,
  attributes: {},
});

describe("liveNodes", () => {
  it("keeps what the outputs need in order, and drops a chain that ends nowhere", () => {
    const nodes = [
      node("Split", ["x"], ["a", "b"]),
      node("Relu", ["a"], ["c"]),
      node("Add", ["b", "b"], ["dead"]),
      node("Neg", ["dead"], ["deader"]),
      node("Exp", ["c"], ["y"]),
    ];
    expect(liveNodes(nodes, ["y"]).map(({ op }) => op)).toEqual(["Split", "Relu", "Exp"]);
    expect(liveNodes(nodes, ["y", "dead"]).map(({ op }) => op)).toEqual(["Split", "Relu", "Add", "Exp"]);
  });
});
