import { describe, expect, it } from "vitest";
import type { DataSpec } from "../../contracts/dataset.js";
import { packedSize } from "../../contracts/tensors.js";
import type { Network } from "../../contracts/variant.js";
import { tf, type Tensor } from "../../tensor/tf.js";
import { bindNetwork } from "../bind.js";
import { constant } from "../initializers.js";
import { recordNetwork } from "../record.js";
import {
  conditionalBatchNorm,
  dcganCritic,
  dcganGenerator,
  dcganPlan,
  perceptrons,
  projection,
  smallConvolutions,
} from "./index.js";

await tf.setBackend("cpu");

const images = (side: number, channels = 1): DataSpec => ({
  name: "pictures",
  fields: { x: { shape: [side, side, channels], dtype: "float32" } },
  image: { height: side, width: side, channels },
  size: 10,
});
const points: DataSpec = {
  name: "points",
  fields: { x: { shape: [2], dtype: "float32" } },
  points: { dim: 2 },
  size: 10,
};

/** Shape of the result and number of parameters. */
function measured(network: Network, ...inputs: Tensor[]) {
  const recorder = recordNetwork("net", network);
  const { shape } = recorder.call(...inputs);
  return { shape, parameters: packedSize(recorder.layout().params) };
}

/** The result with every parameter and state given by name. */
function called(network: Network, values: Readonly<Record<string, Tensor>>, ...inputs: Tensor[]): Tensor {
  const recorder = recordNetwork("net", network);
  recorder.call(...inputs);
  const layout = recorder.layout();
  const of = (parts: readonly { readonly name: string }[]): Tensor[] => parts.map(({ name }) => values[name]);
  const binding = { layout, params: of(layout.params.parts), states: of(layout.states.parts), training: false };
  return bindNetwork(network, binding)(...inputs);
}

describe("perceptrons", () => {
  it("of one layer of 3 units: G 2x3+3 + 3x2+2 = 17 parameters, D 2x3+3 + 3+1 = 13", () => {
    const { G, D } = perceptrons({ hidden: 3, layers: 1 }, points);
    expect(measured(G, tf.zeros([5, 2]))).toEqual({ shape: [5, 2], parameters: 17 });
    expect(measured(D, tf.zeros([5, 2]))).toEqual({ shape: [5, 1], parameters: 13 });
  });

  it("score packs of samples as one: 4 points side by side give 8x3+3 + 3+1 = 31 parameters and one score each", () => {
    const { D } = perceptrons({ hidden: 3, layers: 1 }, points);
    expect(measured(D, tf.zeros([5, 8]))).toEqual({ shape: [5, 1], parameters: 31 });
  });

  it("draw images through a tanh and score them", () => {
    const { G, D } = perceptrons({ hidden: 3, layers: 2 }, images(4));
    expect(measured(G, tf.zeros([5, 2])).shape).toEqual([5, 4, 4, 1]);
    expect(measured(D, tf.zeros([5, 4, 4, 1])).shape).toEqual([5, 1]);
  });
});

describe("smallConvolutions", () => {
  it("of 2 filters at 8x8: G 3x16+16 + 16x8+2 + 16x2+1 = 227, D 16x2+2 + 16x8+4 + 16+1 = 183 parameters", () => {
    const { G, D } = smallConvolutions({ filters: 2 }, { height: 8, width: 8, channels: 1 });
    expect(measured(G, tf.zeros([5, 3]))).toEqual({ shape: [5, 8, 8, 1], parameters: 227 });
    expect(measured(D, tf.zeros([5, 8, 8, 1]))).toEqual({ shape: [5, 1], parameters: 183 });
  });
});

describe("dcgan", () => {
  it.each([
    [28, 7, 2],
    [32, 4, 3],
    [64, 4, 4],
  ])("%d pixels begin from %d with %d steps of stride 2", (side, base, steps) => {
    const plan = dcganPlan("test", images(side, 3));
    expect(plan).toEqual({ base, steps, channels: 3 });
    expect(measured(dcganGenerator({ filters: 2, kernel: 4 }, plan), tf.zeros([2, 5])).shape).toEqual([
      2,
      side,
      side,
      3,
    ]);
    const critic = dcganCritic({ filters: 2, kernel: 4 }, plan);
    expect(measured(critic, tf.zeros([2, side, side, 3])).shape).toEqual([2, 1]);
  });

  it.each([
    [images(48), '[wgan] needs square images of 28, 32 or 64 pixels, got 48x48 images from "pictures"'],
    [points, '[wgan] needs square images of 28, 32 or 64 pixels, got points from "points"'],
  ])("refuses other data with a sentence", (data, message) => {
    expect(() => dcganPlan("wgan", data)).toThrow(message);
  });

  // 28 pixels, 2 filters: 16x2+2, 16x8, two numbers for each of 4 channels of the norm, 4x49+1.
  it.each([
    ["batch", 34 + 128 + 8 + 197],
    ["layer", 34 + 128 + 8 + 197],
    ["none", 34 + 128 + 4 + 197],
  ] as const)("D with norm %s has %d parameters", (norm, parameters) => {
    const critic = dcganCritic({ filters: 2, kernel: 4, norm }, dcganPlan("test", images(28)));
    expect(measured(critic, tf.zeros([2, 28, 28, 1])).parameters).toBe(parameters);
  });

  it("with 3 labels has 3 scales and shifts for each channel in G and 3 vectors in D", () => {
    const plan = dcganPlan("test", images(28));
    const c = tf.tensor1d([0, 2], "int32");
    const [plain, labelled] = [0, 3].map((classes) => ({ filters: 2, kernel: 4, classes }));
    const G = (options: typeof plain) => measured(dcganGenerator(options, plan), tf.zeros([2, 5]), c).parameters;
    const D = (options: typeof plain) => measured(dcganCritic(options, plan), tf.zeros([2, 28, 28, 1]), c).parameters;
    // Channels 4 and 2 of the two norms of G; features of 4 channels in D.
    expect(G(labelled) - G(plain)).toBe((3 - 1) * 2 * (4 + 2));
    expect(D(labelled) - D(plain)).toBe(3 * 4);
  });
});

describe("labels", () => {
  const c = tf.tensor1d([1, 0], "int32");

  it("projection: v_1 = (10, 1) and features that sum to (3, 7) give 37; v_0 = (2, 0) and (1, 1) give 2", () => {
    const features = tf.tensor4d([1, 3, 2, 4, 0.5, 0, 0.5, 1], [2, 1, 2, 2]);
    const network: Network = (nn, x, labels) => projection(nn, x, { c: labels, classes: 2 });
    const values = { "projection/weight": tf.tensor2d([2, 0, 10, 1], [2, 2]) };
    const y = called(network, values, features, c);
    expect(y.shape).toEqual([2, 1]);
    expect(y.dataSync()).toBeAllclose([37, 2]);
  });

  it("conditionalBatchNorm: (x - 1) / 2 by the states, then scale 3 and shift 5 for label 1, as it is for label 0", () => {
    const x = tf.tensor4d([5, 5], [2, 1, 1, 1]);
    const network: Network = (nn, h, labels) =>
      conditionalBatchNorm(nn, h, { c: labels, classes: 2, scaleInit: constant(1) });
    const values = {
      "conditionalBatchNorm/norm/mean": tf.tensor1d([1]),
      "conditionalBatchNorm/norm/variance": tf.tensor1d([4]),
      "conditionalBatchNorm/scale/weight": tf.tensor2d([1, 3], [2, 1]),
      "conditionalBatchNorm/shift/weight": tf.tensor2d([0, 5], [2, 1]),
    };
    expect(called(network, values, x, c).dataSync()).toBeAllclose([11, 2], 1e-4);
  });
});
