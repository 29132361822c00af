import { describe, expect, it } from "vitest";
import { Graph } from "./ir.js";
import { workOf } from "./work.js";

describe("workOf", () => {
  it("counts a product [4,3] x [3,5] as 2 * 4 * 5 * 3 = 120", () => {
    const g = new Graph("test");
    const inputs = [g.input("a", [4, 3], "float32"), g.input("b", [3, 5], "float32")];
    const attributes = { transposeA: false, transposeB: false };
    expect(workOf([g.make({ op: "Gemm", inputs, attributes, shape: [4, 5] })])).toBe(120);
  });

  it("counts a 3x3 convolution of 2 channels to [1,4,4,5] and both its gradients as 2 * 80 * 18 = 2880 each", () => {
    const g = new Graph("test");
    const [x, w] = [g.input("x", [1, 4, 4, 2], "float32"), g.input("w", [3, 3, 2, 5], "float32")];
    const y = g.make({ op: "Conv", inputs: [x, w], shape: [1, 4, 4, 5] });
    expect(workOf([y])).toBe(2880);
    const dx = g.make({ op: "ConvInputGrad", inputs: [y, w], shape: x.shape });
    expect(workOf([dx])).toBe(2 * 2880);
    const dw = g.make({ op: "ConvFilterGrad", inputs: [x, y], shape: w.shape });
    expect(workOf([dx, dw])).toBe(3 * 2880);
  });
});
