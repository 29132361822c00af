import { bindNetwork, initialValues, recordNetwork, tf, unpack, type Network, type Tensor } from "@gan-arena/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { patchCritic, receptiveField, resnetGenerator, unetGenerator } from "./networks.js";

beforeAll(() => tf.setBackend("cpu"));
afterAll(() => tf.disposeVariables());

/** The network with parameters of its own: initial ones, far larger than usual so that nothing is lost in rounding. */
function bound(network: Network, side: number, channels = 3) {
  const recorder = recordNetwork("net", network);
  const output = recorder.call(tf.zeros([1, side, side, channels])).shape;
  const layout = recorder.layout();
  const { params } = initialValues(layout, 1);
  const call = (x: Tensor): Tensor =>
    bindNetwork(network, {
      layout,
      params: unpack(tf.tensor1d(params.map((value) => 10 * value)), layout.params),
      states: [],
      training: false,
    })(x);
  return { call, output, parts: layout.params.parts };
}

const shapesOf = (parts: readonly { readonly shape: readonly number[] }[]) => parts.map(({ shape }) => shape.join("x"));

describe("the residual translator", () => {
  const network = resnetGenerator({ filters: 4, channels: 3, blocks: 2, halvings: 2 });

  it("is c7s1-f, d2f, d4f, R4f twice, u2f, uf, c7s1-3, and keeps the size", () => {
    const { output, parts } = bound(network, 16);
    expect(output).toEqual([1, 16, 16, 3]);
    expect(shapesOf(parts)).toEqual([
      "7x7x3x4",
      "3x3x4x8",
      "3x3x8x16",
      ...Array<string>(4).fill("3x3x16x16"),
      "3x3x8x16", // transposed: out before in
      "3x3x4x8",
      "7x7x4x3",
      "3",
    ]);
  });

  it("mirrors at the borders: a picture of one colour stays of one colour", () => {
    const values = Array.from(
      bound(resnetGenerator({ filters: 2, channels: 1, blocks: 1, halvings: 0 }), 16, 1)
        .call(tf.mul(0.5, tf.ones([1, 16, 16, 1])))
        .dataSync(),
    );
    // With zeros around it, pixels near the border would differ.
    expect(Math.max(...values) - Math.min(...values)).toBeLessThan(1e-5);
  });
});

describe("the U-Net", () => {
  it("joins every size on the way down to the same size on the way up", () => {
    const { output, parts } = bound(unetGenerator({ filters: 4, channels: 3, halvings: 3 }), 16);
    expect(output).toEqual([1, 16, 16, 3]);
    // Up: 16 -> 8, then 8 + 8 -> 4, then 4 + 4 -> 3, filters out before in.
    expect(shapesOf(parts)).toEqual(["4x4x3x4", "4x4x4x8", "4x4x8x16", "4x4x8x16", "4x4x4x16", "4x4x3x8", "3"]);
  });
});

describe("the patch critic", () => {
  it.each([
    [1, 16],
    [2, 34],
    [3, 70],
  ])("with %i strided convolutions sees %i pixels", (strided, field) => {
    expect(receptiveField(strided)).toBe(field);
  });

  it.each([1, 2])("with %i strided convolutions depends on so many pixels and no more", (strided) => {
    const side = 48;
    // Instance normalisation looks at the whole picture: the reach of the convolutions shows without it.
    const critic: Network = (nn, x) => patchCritic({ filters: 2, strided })({ ...nn, instanceNorm: (h) => h }, x);
    const { call, output } = bound(critic, side, 1);
    const [, rows = 0, columns = 0] = output;
    const middle = Math.floor(rows / 2) * columns + Math.floor(columns / 2);
    const reach = tf.tidy(() => {
      const gradient = tf.grad((x) => tf.gather(tf.reshape(call(x), [-1]), [middle]).sum())(
        tf.randomUniform([1, side, side, 1], -1, 1, "float32", 5),
      );
      const touched = gradient.reshape([side, side]).notEqual(0).any(0).dataSync();
      return Array.from(touched).filter(Boolean).length;
    });
    expect(reach).toBe(receptiveField(strided));
  });

  it("scores places of 28 and 64 pixels: 13 - 1 = 12 and 15 - 1 = 14 along each side", () => {
    expect(bound(patchCritic({ filters: 2, strided: 1 }), 28).output).toEqual([1, 12, 12, 1]);
    expect(bound(patchCritic({ filters: 2, strided: 2 }), 64).output).toEqual([1, 14, 14, 1]);
  });
});
