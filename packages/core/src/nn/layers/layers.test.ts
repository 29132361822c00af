import { describe, expect, test } from "vitest";
import type { Network } from "../../contracts/variant.js";
import { GanError } from "../../errors.js";
import { checkGradients, pointOf } from "../../testing/finite-differences.js";
import { tf, type Tensor } from "../../tensor/tf.js";
import { bindNetwork } from "../bind.js";
import { constant, ones } from "../initializers.js";
import { initialValues, recordNetwork, type NetworkLayout } from "../record.js";

await tf.setBackend("cpu");

interface Run {
  readonly y: Tensor;
  /** States after the call, by name. */
  readonly states: Record<string, Tensor>;
}

const record = (network: Network, x: Tensor): NetworkLayout => {
  const recorder = recordNetwork("net", network);
  recorder.call(x);
  return recorder.layout();
};

const split = (flat: Float32Array, parts: NetworkLayout["params"]["parts"]): Tensor[] => {
  let offset = 0;
  return parts.map(({ shape }) => {
    const size = tf.util.sizeFromShape([...shape]);
    offset += size;
    return tf.tensor(flat.slice(offset - size, offset), [...shape]);
  });
};

interface RunOptions {
  readonly training?: boolean;
  /** States before the call, where they are not those of the start. */
  readonly states?: Readonly<Record<string, Tensor>>;
}

/** Records the network, starts it with seed 0 and calls it once. */
function run(network: Network, x: Tensor, { training = true, states = {} }: RunOptions = {}): Run {
  const layout = record(network, x);
  const values = initialValues(layout, 0);
  const current = split(values.states, layout.states.parts).map(
    (value, i) => states[layout.states.parts[i].name] ?? value,
  );
  const net = bindNetwork(network, {
    layout,
    params: split(values.params, layout.params.parts),
    states: [...current],
    training,
    onStateWrite: (index, value) => (current[index] = value),
  });
  const y = net(x);
  return { y, states: Object.fromEntries(layout.states.parts.map((part, i) => [part.name, current[i]])) };
}

const image = (rows: number[][]): Tensor => tf.tensor4d([rows.map((row) => row.map((value) => [value]))]);

describe("dense", () => {
  test("[[1,2]] * ones [2,2] + 0.5 = [3.5, 3.5]", () => {
    const network: Network = (nn, x) => nn.dense(x, 2, { init: ones, biasInit: constant(0.5) });
    expect(run(network, tf.tensor2d([[1, 2]])).y.arraySync()).toEqual([[3.5, 3.5]]);
  });

  test("acts on the last axis of any rank", () => {
    const { y } = run((nn, x) => nn.dense(x, 4, { init: ones }), tf.ones([2, 3, 5]));
    expect(y.shape).toEqual([2, 3, 4]);
    expect(y.dataSync()).toBeAllclose(Array.from({ length: 24 }, () => 5));
  });

  test("weight is what is used", () => {
    const network: Network = (nn, x) => nn.dense(x, 1, { init: ones, bias: false, weight: (w) => tf.mul(w, 3) });
    expect(run(network, tf.tensor2d([[1, 2]])).y.arraySync()).toEqual([[9]]);
  });
});

describe("conv2d", () => {
  const x = image([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);

  test("2x2 ones, valid: 1+2+4+5 = 12, 16, 24, 28", () => {
    const { y } = run((nn, x) => nn.conv2d(x, 1, { kernel: 2, padding: "valid", init: ones }), x);
    expect(y.shape).toEqual([1, 2, 2, 1]);
    expect(y.dataSync()).toBeAllclose([12, 16, 24, 28]);
  });

  test("3x3 ones, stride 2, one zero on each side: the corners see 1+2+4+5 = 12, 16, 24, 28", () => {
    const { y } = run((nn, x) => nn.conv2d(x, 1, { stride: 2, padding: 1, init: ones }), x);
    expect(y.dataSync()).toBeAllclose([12, 16, 24, 28]);
  });

  test("dilation 2 of 2x2 ones sees 1+3+7+9 = 20", () => {
    const { y } = run((nn, x) => nn.conv2d(x, 1, { kernel: 2, dilation: 2, padding: "valid", init: ones }), x);
    expect(y.dataSync()).toBeAllclose([20]);
  });

  test("same, stride 2: ceil(3 / 2) = 2 rows", () => {
    expect(run((nn, x) => nn.conv2d(x, 4, { stride: 2 }), x).y.shape).toEqual([1, 2, 2, 4]);
  });
});

describe("convTranspose2d", () => {
  const x = image([
    [1, 2],
    [3, 4],
  ]);

  test("1x1 is a product: 2 x", () => {
    const { y } = run((nn, x) => nn.convTranspose2d(x, 1, { kernel: 1, init: constant(2) }), x);
    expect(y.dataSync()).toBeAllclose([2, 4, 6, 8]);
  });

  test("2x2 ones, stride 2, repeats every pixel four times", () => {
    const { y } = run((nn, x) => nn.convTranspose2d(x, 1, { kernel: 2, stride: 2, init: ones }), x);
    expect(y.dataSync()).toBeAllclose([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  });

  test.each([
    ["same, stride 2: 4 * 2 = 8", { kernel: 4, stride: 2 }, 8],
    ["1, kernel 4, stride 2: 3 * 2 - 2 + 4 = 8", { kernel: 4, stride: 2, padding: 1 }, 8],
    ["0, kernel 4, stride 1: 3 + 4 = 7", { kernel: 4, padding: 0 }, 7],
    ["valid, kernel 3, stride 2: 3 * 2 + 3 = 9", { kernel: 3, stride: 2, padding: "valid" }, 9],
    [
      "1 and 1 at the end, kernel 3, stride 2: 6 - 2 + 3 + 1 = 8",
      { kernel: 3, stride: 2, padding: 1, outputPadding: 1 },
      8,
    ],
  ] as const)("padding %s rows", (_, options, rows) => {
    const { y } = run((nn, x) => nn.convTranspose2d(x, 2, options), tf.ones([1, 4, 4, 3]));
    expect(y.shape).toEqual([1, rows, rows, 2]);
  });

  test("is the transpose of conv2d: <conv(a), b> = <a, convTranspose(b)>", () => {
    const a = tf.tensor(Float32Array.from(pointOf([1, 5, 5, 2]).values), [1, 5, 5, 2]);
    const b = tf.tensor(Float32Array.from(pointOf([1, 3, 3, 3], 1).values), [1, 3, 3, 3]);
    const filter = Float32Array.from(pointOf([3, 3, 2, 3], 2).values);
    const options = { stride: 2, padding: 1, bias: false, init: () => filter };
    const left = tf.sum(tf.mul(run((nn, x) => nn.conv2d(x, 3, options), a).y, b)).dataSync();
    const right = tf.sum(tf.mul(a, run((nn, x) => nn.convTranspose2d(x, 2, options), b).y)).dataSync();
    expect(left).toBeAllclose(right, 1e-5);
  });
});

describe("batchNorm", () => {
  const x = tf.tensor2d([[1], [3]]); // mean 2, biased variance 1, unbiased 2

  test("training: [1,3] becomes (x - 2) / sqrt(1 + eps) = [-1,1]", () => {
    expect(run((nn, x) => nn.batchNorm(x), x).y.dataSync()).toBeAllclose([-1, 1], 1e-5);
  });

  test("scale 3 and shift 2: [-1,5]", () => {
    const network: Network = (nn, x) => nn.batchNorm(x, { scaleInit: constant(3), shiftInit: constant(2) });
    expect(run(network, x).y.dataSync()).toBeAllclose([-1, 5], 2e-5);
  });

  test("running statistics: mean 0.9 * 0 + 0.1 * 2 = 0.2, variance 0.9 * 1 + 0.1 * 2 = 1.1", () => {
    const { states } = run((nn, x) => nn.batchNorm(x), x);
    expect(states["batchNorm/mean"].dataSync()).toBeAllclose([0.2]);
    expect(states["batchNorm/variance"].dataSync()).toBeAllclose([1.1]);
  });

  test("momentum 0 forgets: mean 2, variance 2", () => {
    const { states } = run((nn, x) => nn.batchNorm(x, { momentum: 0 }), x);
    expect(states["batchNorm/mean"].dataSync()).toBeAllclose([2]);
    expect(states["batchNorm/variance"].dataSync()).toBeAllclose([2]);
  });

  test("outside training the states serve and stay: ([1,3] - 1) / sqrt(4) = [0,1]", () => {
    const states = { "batchNorm/mean": tf.tensor1d([1]), "batchNorm/variance": tf.tensor1d([4]) };
    const after = run((nn, x) => nn.batchNorm(x), x, { training: false, states });
    expect(after.y.dataSync()).toBeAllclose([0, 1], 1e-5);
    expect(after.states["batchNorm/mean"].dataSync()).toBeAllclose([1]);
  });

  test("channels do not mix: [[1,10],[3,30]] becomes [[-1,-1],[1,1]]", () => {
    const { y } = run(
      (nn, x) => nn.batchNorm(x, { scale: false, shift: false }),
      tf.tensor2d([
        [1, 10],
        [3, 30],
      ]),
    );
    expect(y.dataSync()).toBeAllclose([-1, -1, 1, 1], 1e-5);
  });

  test("a mean of 30 deviations: [29,31] still becomes [-1,1]", () => {
    expect(run((nn, x) => nn.batchNorm(x), tf.tensor2d([[29], [31]])).y.dataSync()).toBeAllclose([-1, 1], 1e-3);
  });

  test("a constant channel is zero, not NaN", () => {
    expect(run((nn, x) => nn.batchNorm(x), tf.mul(tf.ones([8, 1]), 0.1)).y.dataSync()).toBeAllclose(
      new Float32Array(8),
      0,
      1e-3,
    );
  });
});

test("instanceNorm: each channel of each sample alone: 2x1 places [1,3] and [10,30] become [-1,1] and [-1,1]", () => {
  const x = tf.tensor4d([
    [[[1, 10]], [[3, 30]]],
    [[[5, 2]], [[9, 4]]],
  ]);
  const { y } = run((nn, x) => nn.instanceNorm(x), x);
  expect(y.dataSync()).toBeAllclose([-1, -1, 1, 1, -1, -1, 1, 1], 1e-4);
});

test("layerNorm: [0,2,4,6] has mean 3 and variance 5: (x - 3) / sqrt(5)", () => {
  const { y } = run((nn, x) => nn.layerNorm(x), tf.tensor4d([[[[0, 2]], [[4, 6]]]]));
  expect(y.dataSync()).toBeAllclose(
    [-3, -1, 1, 3].map((d) => d / Math.sqrt(5)),
    1e-5,
  );
});

describe("spectralNorm", () => {
  const diagonal = () => Float32Array.from([3, 0, 0, 1]);
  const network: Network = (nn, x) => nn.dense(x, 2, { init: diagonal, bias: false, weight: nn.spectralNorm });

  test("diag(3,1) becomes diag(1,1/3) once u has settled", () => {
    let states: Record<string, Tensor> = {};
    for (let step = 0; step < 12; step++) states = run(network, tf.eye(2), { states }).states;
    const after = run(network, tf.eye(2), { training: false, states });
    expect(after.y.dataSync()).toBeAllclose([1, 0, 0, 1 / 3], 1e-5);
    expect(after.states["spectralNorm/u"].dataSync().map(Math.abs)).toBeAllclose([1, 0], 0, 1e-4);
  });

  test("one step from u = [1,1]: v = [3,1], u = [9,1], both normalised; sigma = v W u = 82 / sqrt(10 * 82)", () => {
    const states = { "spectralNorm/u": tf.tensor2d([[1, 1]]) };
    const { y } = run(network, tf.eye(2), { states });
    expect(y.dataSync()).toBeAllclose(
      [3, 0, 0, 1].map((w) => (w * Math.sqrt(820)) / 82),
      1e-5,
    );
  });

  test("outside training u stays and v = [3,1] / sqrt(10): sigma = |W u| = sqrt(10 / 2)", () => {
    const states = { "spectralNorm/u": tf.tensor2d([[1, 1]]) };
    const after = run(network, tf.eye(2), { training: false, states });
    expect(after.y.dataSync()).toBeAllclose(
      [3, 0, 0, 1].map((w) => w / Math.sqrt(5)),
      1e-5,
    );
    expect(after.states["spectralNorm/u"].dataSync()).toBeAllclose([1, 1]);
  });

  test("u counts the output channels: 5 for conv2d, 4 for convTranspose2d", () => {
    const network: Network = (nn, x) =>
      nn.convTranspose2d(nn.conv2d(x, 5, { weight: nn.spectralNorm }), 4, { weight: nn.spectralNorm });
    const layout = record(network, tf.zeros([1, 4, 4, 3]));
    expect(layout.states.parts.map(({ name, shape }) => [name, shape])).toEqual([
      ["spectralNorm/u", [1, 5]],
      ["spectralNorm_1/u", [1, 4]],
    ]);
  });
});

test("embedding: row 2, then row 0", () => {
  const rows = Float32Array.from([0, 1, 10, 11, 20, 21]);
  const network: Network = (nn, labels) => nn.embedding(labels, { size: 3, units: 2, init: () => rows });
  expect(run(network, tf.tensor1d([2, 0])).y.arraySync()).toEqual([
    [20, 21],
    [0, 1],
  ]);
});

describe("errors say where", () => {
  test.each([
    [
      "dense of a vector",
      (nn, x) => nn.dense(tf.reshape(x, [-1]), 1),
      /^\[net\/dense\] the input must be of rank 2 or more/,
    ],
    ["conv2d of a matrix", (nn, x) => nn.conv2d(x, 1, { name: "c" }), /^\[net\/c\] the input must be of rank 4/],
    [
      "a stride of 0",
      (nn) => nn.conv2d(tf.zeros([1, 4, 4, 1]), 1, { stride: 0 }),
      /stride must be a whole number from 1 on, got 0/,
    ],
    [
      "nothing left",
      (nn) => nn.convTranspose2d(tf.zeros([1, 1, 1, 1]), 1, { kernel: 2, padding: 1 }),
      /at least 1 row and column, got 0/,
    ],
    [
      "outputPadding with same",
      (nn) => nn.convTranspose2d(tf.zeros([1, 1, 1, 1]), 1, { outputPadding: 1 }),
      /outputPadding must be less than the stride/,
    ],
  ] as [string, Network, RegExp][])("%s", (_, network, message) => {
    expect(() => record(network, tf.zeros([2, 2]))).toThrow(GanError);
    expect(() => record(network, tf.zeros([2, 2]))).toThrow(message);
  });
});

describe("the tape agrees with central differences, for the input and every parameter, first and second order", () => {
  const LAYERS: [string, Network, number[]][] = [
    ["dense", (nn, x) => tf.tanh(nn.dense(x, 2)), [2, 3]],
    ["conv2d", (nn, x) => tf.square(nn.conv2d(x, 2, { kernel: 2, stride: 2, padding: 1 })), [1, 3, 3, 2]],
    [
      "convTranspose2d",
      (nn, x) => tf.square(nn.convTranspose2d(x, 1, { kernel: 4, stride: 2, padding: 1 })),
      [1, 2, 2, 2],
    ],
    ["batchNorm", (nn, x) => nn.batchNorm(x), [5, 2]],
    ["batchNorm of images", (nn, x) => tf.square(nn.batchNorm(x)), [2, 2, 2, 1]],
    ["instanceNorm", (nn, x) => tf.square(nn.instanceNorm(x)), [1, 3, 2, 2]],
    ["layerNorm", (nn, x) => tf.square(nn.layerNorm(x)), [2, 2, 1, 2]],
    [
      "a critic of two convolutions",
      (nn, x) => nn.dense(tf.reshape(tf.leakyRelu(nn.layerNorm(nn.conv2d(x, 2, { kernel: 2 }))), [1, -1]), 1),
      [1, 3, 2, 1],
    ],
  ];

  test.each(LAYERS)("%s", (_, network, shape) => {
    const layout = record(network, tf.zeros(shape));
    const fn = (x: Tensor, ...params: Tensor[]): Tensor => {
      const states = layout.states.parts.map((part) => tf.zeros([...part.shape]));
      return bindNetwork(network, { layout, params, states, training: true, onStateWrite: () => undefined })(x);
    };
    const points = [pointOf(shape), ...layout.params.parts.map((part, i) => pointOf(part.shape, i + 1))];
    expect(checkGradients((x, ...params) => fn(x, ...params), points, { rtol: 2e-2, atol: 5e-3 })).toEqual([]);
  });

  test("spectralNorm, whose u and v are constants: dW of sum(W / sigma) = 1 / sigma - sum(W) v u^T / sigma^2", () => {
    const W = tf.tensor2d([3, 0, 0, 1], [2, 2]);
    const network: Network = (nn, w) => nn.spectralNorm(w);
    const net = bindNetwork(network, {
      layout: record(network, W),
      params: [],
      states: [tf.tensor2d([[1, 1]])], // as above: v = [3,1] / sqrt(10), u = [9,1] / sqrt(82), sigma = 82 / sqrt(820)
      training: true,
    });
    const gradient = tf.grad((w: Tensor) => tf.sum(net(w)))(W);
    // v u^T / sigma^2 = [[27,3],[9,1]] / sqrt(820) * 820 / 82^2, and sum(W) = 4
    const expected = [27, 3, 9, 1].map((vu) => Math.sqrt(820) * (1 / 82 - (4 * vu) / 82 ** 2));
    expect(gradient.dataSync()).toBeAllclose(expected, 1e-5);
  });
});
