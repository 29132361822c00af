import { describe, expect, test } from "vitest";
import type { Network } from "../contracts/variant.js";
import { checkGradients, pointOf } from "../testing/finite-differences.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { bindNetwork } from "./bind.js";
import { equalized, equalizedConv2d, equalizedDense } from "./equalized.js";
import { initialValues, recordNetwork } from "./record.js";

await tf.setBackend("cpu");

function layoutOf(network: Network, x: Tensor) {
  const recorder = recordNetwork("net", network);
  recorder.call(x);
  return recorder.layout();
}

const call = (network: Network, x: Tensor, params: Tensor[]): Tensor =>
  bindNetwork(network, { layout: layoutOf(network, x), params, states: [], training: true })(x);

describe("equalized", () => {
  test("a dense weight [4,1] of ones with gain 3: 3 / sqrt(4) = 1.5", () => {
    expect(equalized({ gain: 3 })(tf.ones([4, 1]), { outputAxis: 1 }).dataSync()).toBeAllclose([1.5, 1.5, 1.5, 1.5]);
  });

  test("a transposed filter [2,2,out 3,in 4] has fan-in 2 * 2 * 4: 1 / sqrt(16)", () => {
    const used = equalized()(tf.ones([2, 2, 3, 4]), { outputAxis: 2 });
    expect(used.dataSync()).toBeAllclose(Array.from({ length: 48 }, () => 0.25));
  });
});

describe("equalizedDense", () => {
  test("[1,1,1,1] by weights 2 with multiplier 0.1 and bias 5: 4 * 2 * 0.1 / sqrt(4) + 0.5 = 0.9", () => {
    const network: Network = (nn, x) => equalizedDense(nn, x, 1, { lrMultiplier: 0.1 });
    expect(call(network, tf.ones([1, 4]), [tf.mul(2, tf.ones([4, 1])), tf.tensor1d([5])]).dataSync()).toBeAllclose([
      0.9,
    ]);
  });

  test("begins with a bias that acts as biasStart and weights of deviation 1 / lrMultiplier", () => {
    const network: Network = (nn, x) => equalizedDense(nn, x, 100, { lrMultiplier: 0.5, biasStart: 1 });
    const layout = layoutOf(network, tf.ones([1, 100]));
    expect(layout.params.parts.map((part) => part.name)).toEqual(["dense/equalized/weight", "dense/bias"]);
    const { params } = initialValues(layout, 0);
    expect(params.slice(10_000)).toEqual(new Float32Array(100).fill(2));
    const meanSquare = params.slice(0, 10_000).reduce((sum, w) => sum + w * w, 0) / 10_000;
    expect(meanSquare).toBeAllclose(4, 0.05); // 10,000 squares: relative deviation sqrt(2 / 10,000) = 0.014
  });

  test("refuses a multiplier of 0", () => {
    const network: Network = (nn, x) => equalizedDense(nn, x, 1, { lrMultiplier: 0 });
    expect(() => layoutOf(network, tf.ones([1, 2]))).toThrow(/^\[net\/dense\] lrMultiplier must be a number above 0/);
  });
});

test("equalizedConv2d: 3x3 ones on 2 channels of ones, valid: 18 / sqrt(18) + 1", () => {
  const network: Network = (nn, x) => equalizedConv2d(nn, x, 1, { padding: "valid", biasStart: 1 });
  const y = call(network, tf.ones([1, 3, 3, 2]), [tf.ones([3, 3, 2, 1]), tf.tensor1d([1])]);
  expect(y.dataSync()).toBeAllclose([Math.sqrt(18) + 1]);
});

test("the tape agrees with central differences for input, weight and bias, first and second order", () => {
  const network: Network = (nn, x) =>
    tf.square(equalizedConv2d(nn, x, 2, { kernel: 2, padding: "valid", lrMultiplier: 0.5 }));
  const layout = layoutOf(network, tf.zeros([1, 2, 3, 2]));
  const points = [pointOf([1, 2, 3, 2]), ...layout.params.parts.map(({ shape }, i) => pointOf(shape, i + 1))];
  expect(checkGradients((x, ...params) => call(network, x, params), points)).toEqual([]);
});
