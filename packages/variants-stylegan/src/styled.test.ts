import {
  bindNetwork,
  initialValues,
  recordNetwork,
  sizeOf,
  tf,
  type BoundNetwork,
  type Network,
  type Tensor,
} from "@gan-arena/core";
import { describe, expect, test } from "vitest";
import { adainConv, modulatedConv, toColours, type StyledOptions } from "./styled.js";

await tf.setBackend("cpu");

const random = (shape: number[], seed: number): Tensor => tf.randomNormal(shape, 0, 1, "float32", seed);

interface Bound {
  readonly call: BoundNetwork;
  readonly params: Readonly<Record<string, Tensor>>;
}

/** The network with its first values, but those that are given. */
function bound(network: Network, inputs: Tensor[], given: Readonly<Record<string, Tensor>> = {}): Bound {
  const recorder = recordNetwork("G", network);
  recorder.call(...inputs);
  const layout = recorder.layout();
  const flat = initialValues(layout, 0).params;
  let at = 0;
  const params = layout.params.parts.map(({ name, shape }) => {
    const size = sizeOf(shape);
    at += size;
    return given[name] ?? tf.tensor(flat.slice(at - size, at), [...shape]);
  });
  return {
    call: bindNetwork(network, { layout, params, states: [], training: true }),
    params: Object.fromEntries(layout.params.parts.map(({ name }, i) => [name, params[i]])),
  };
}

const [N, C, O, SIDE] = [2, 3, 4, 5];
const x = random([N, SIDE, SIDE, C], 1);
const w = random([N, 6], 2);
const layer =
  (options: StyledOptions, styled = modulatedConv): Network =>
  (nn, x, w, noise) =>
    styled(nn, { x, w, noise }, options);
const quiet = (side: number): Tensor => tf.zeros([N, side, side, 1]);

describe("modulatedConv", () => {
  test("equals a convolution of each sample with its own modulated and demodulated filter, Eq. 1 and 3", () => {
    const inputs = [x, w, quiet(SIDE)];
    const { call, params } = bound(layer({ kind: "conv", width: O, gain: 1 }), inputs);
    const affine = params["style/equalized/weight"];
    const s = tf.add(tf.div(tf.matMul(w as tf.Tensor2D, affine as tf.Tensor2D), Math.sqrt(6)), params["style/bias"]);
    const samples = Array.from({ length: N }, (_, n) => {
      const own = tf.mul(
        tf.div(params["filter"], Math.sqrt(9 * C)),
        tf.reshape(tf.slice(s, [n, 0], [1, C]), [1, 1, C, 1]),
      );
      const norm = tf.sqrt(tf.add(tf.sum(tf.square(own), [0, 1, 2], true), 1e-8));
      const image = tf.slice(x, [n, 0, 0, 0], [1, -1, -1, -1]) as tf.Tensor4D;
      return tf.conv2d(image, tf.div<tf.Tensor4D>(own, norm), 1, "same");
    });
    const expected = tf.mul(tf.leakyRelu(tf.concat(samples), 0.2), Math.SQRT2);
    expect(call(...inputs).dataSync()).toBeAllclose(expected.dataSync(), 1e-4, 1e-5);
  });

  test("doubles the size: of a constant image the inside stays constant, as demodulation has taken the scale away", () => {
    const ones = tf.ones([N, SIDE, SIDE, C]);
    const inputs = [ones, w, quiet(2 * SIDE)];
    const { call } = bound(layer({ kind: "upConv", width: O, gain: 1 }), inputs);
    const y = call(...inputs);
    expect(y.shape).toEqual([N, 10, 10, O]);
    const inside = tf.slice(y, [0, 3, 3, 0], [N, 4, 4, O]);
    const spread = tf.sub(tf.max(inside, [1, 2]), tf.min(inside, [1, 2]));
    expect(spread.dataSync()).toBeAllclose(new Float32Array(N * O), 0, 1e-5);
    expect(tf.min(tf.abs(inside)).dataSync()[0]).toBeGreaterThan(1e-3);
  });

  test("is of the same size whatever the size of w: demodulation", () => {
    const inputs = [random([N, SIDE, SIDE, C], 3), w, quiet(SIDE)];
    const zero = { "style/bias": tf.zeros([C]) };
    const { call } = bound(layer({ kind: "conv", width: O, gain: 1 }), inputs, zero);
    const [small, large] = [1, 100].map((factor) => call(inputs[0], tf.mul(w, factor), inputs[2]).dataSync());
    expect(large).toBeAllclose(small, 1e-3, 1e-5);
  });

  test("noise is per sample and begins with strength 0", () => {
    const noise = tf.concat([tf.ones([1, SIDE, SIDE, 1]), tf.zeros([1, SIDE, SIDE, 1])]);
    const network = layer({ kind: "conv", width: O, gain: 1 });
    const without = bound(network, [x, w, noise]);
    expect([...without.call(x, w, noise).dataSync()]).toEqual([...without.call(x, w, quiet(SIDE)).dataSync()]);
    const { call } = bound(network, [x, w, noise], { noiseStrength: tf.scalar(1) });
    const change = tf.sum(tf.abs(tf.sub(call(x, w, noise), call(x, w, quiet(SIDE)))), [1, 2, 3]).dataSync();
    expect(change[0]).toBeGreaterThan(1);
    expect(change[1]).toBe(0);
  });

  test("a gain of 1/2 halves the result", () => {
    const inputs = [x, w, random([N, SIDE, SIDE, 1], 4)];
    const given = { noiseStrength: tf.scalar(0.5), bias: random([O], 5) };
    const [whole, half] = [1, 0.5].map((gain) => bound(layer({ kind: "conv", width: O, gain }), inputs, given));
    expect(half.call(...inputs).dataSync()).toBeAllclose(
      whole
        .call(...inputs)
        .dataSync()
        .map((v) => v / 2),
      1e-5,
    );
  });
});

test("adainConv: each channel of each sample has the mean and the deviation that w says", () => {
  const inputs = [x, w, random([N, SIDE, SIDE, 1], 4)];
  const given = {
    "style/equalized/weight": tf.zeros([6, 2 * O]),
    "style/bias": tf.tensor1d([0, 1, 2, 3, 10, 20, 30, 40]),
  };
  const { call } = bound(layer({ kind: "conv", width: O, gain: 1 }, adainConv), inputs, given);
  const y = call(...inputs);
  const mean = tf.mean(y, [1, 2], true);
  const deviation = tf.sqrt(tf.mean(tf.square(tf.sub(y, mean)), [1, 2]));
  expect(mean.dataSync()).toBeAllclose([10, 20, 30, 40, 10, 20, 30, 40], 1e-4);
  expect(deviation.dataSync()).toBeAllclose([1, 2, 3, 4, 1, 2, 3, 4], 1e-3);
});

test("toColours has no demodulation: w ten times as large gives ten times the colours", () => {
  const network: Network = (nn, x, w) => toColours(nn, x, { w, channels: 3 });
  const { call } = bound(network, [x, w], { "style/bias": tf.zeros([C]) });
  expect(call(x, tf.mul(w, 10)).dataSync()).toBeAllclose(
    call(x, w)
      .dataSync()
      .map((v) => 10 * v),
    1e-4,
    1e-5,
  );
});
