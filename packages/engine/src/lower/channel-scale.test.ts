/** @file Batch normalisation's arithmetic on blocked images: one pass instead of several, with the same values. */
import { tf } from "@gan-arena/core";
import { sizeOf, stream, type HostTensors, type TensorFunction } from "@gan-arena/core/base";
import { afterAll, describe, expect, it } from "vitest";
import { OnnxEngine } from "../runtime/onnx-engine.js";
import { probeBlock } from "../runtime/probe.js";

const block = await probeBlock();
const image = [4, 24, 24, 2 * (block || 16)] as const; // large enough for the blocked kernels to be used
const channels = [image[3]] as const;
const filter = [3, 3, image[3], image[3]] as const;

const ofEach = [4, 1, 1, image[3]] as const;

const SHAPES = { x: image, w: filter, a: channels, b: channels, c: ofEach, d: ofEach, e: [24 * 24 * image[3], 1] };
type Inputs = Record<string, tf.Tensor>;

/** In front of each: a convolution, so that the image is blocked. */
const conv = ({ x, w }: Inputs): tf.Tensor4D => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "same");

const ROWS: readonly { name: string; fn: (inputs: Inputs) => tf.Tensor; has: RegExp; hasNot: RegExp }[] = [
  {
    name: "scale, shift and leaky unit",
    fn: (inputs) => tf.leakyRelu(tf.add(tf.mul(conv(inputs), inputs["a"]), inputs["b"]), 0.2),
    has: /nchwc\.Conv\(.*group=\d+, activation=LeakyRelu/,
    hasNot: /= (Mul|LeakyRelu)\(/,
  },
  {
    name: "the sum of two scaled images and a shift",
    fn(inputs) {
      const y = conv(inputs);
      return tf.add(tf.mul(y, inputs["a"]), tf.add(tf.mul(tf.square(y), inputs["b"]), inputs["b"]));
    },
    has: /nchwc\.Conv\(%\w+, %\w+, none, %\w+\)/,
    hasNot: /= Add\(/,
  },
  {
    name: "two scaled images, added: each could take the other",
    fn(inputs) {
      const y = conv(inputs);
      return tf.add(tf.mul(y, inputs["a"]), tf.mul(tf.sin(y), inputs["b"]));
    },
    has: /nchwc\.Conv\(.*group=/,
    hasNot: /= Add\(/,
  },
  {
    name: "a scaled image whose product is used twice",
    fn(inputs) {
      const scaled = tf.mul(conv(inputs), inputs["a"]);
      return tf.mul(tf.add(scaled, inputs["b"]), scaled);
    },
    has: /nchwc\.Conv\(.*group=/,
    hasNot: /nchwc\.Conv\(%\w+, %\w+, %\w+\) .*group=/,
  },
  {
    name: "scale, shift and unit of each sample",
    fn: (inputs) => tf.relu(tf.add(tf.mul(conv(inputs), inputs["c"]), inputs["d"])),
    has: /nchwc\.Conv\(%\w+, %\w+, %\w+\) .*group=\d+, activation=Relu/,
    hasNot: /= (Mul|Add|Relu)\(/,
  },
  {
    name: "a scale of each sample and a shift of all",
    fn: (inputs) => tf.add(tf.mul(conv(inputs), inputs["c"]), inputs["b"]),
    has: /nchwc\.Conv\(.*group=\d+[^]*nchwc\.Conv\(.*group=\d+/,
    hasNot: /= (Mul|Add)\(/,
  },
  {
    name: "the sum of two images with a scale of each sample",
    fn(inputs) {
      const y = conv(inputs);
      return tf.add(tf.mul(y, inputs["c"]), tf.mul(tf.sin(y), inputs["d"]));
    },
    has: /nchwc\.Conv\(%\w+, %\w+, none, %\w+\)/,
    hasNot: /= (Mul|Add)\(/,
  },
  {
    name: "a shift alone, and what follows it twice",
    fn(inputs) {
      const shifted = tf.leakyRelu(tf.add(tf.sin(conv(inputs)), inputs["d"]), 0.1);
      return tf.mul(shifted, shifted);
    },
    has: /nchwc\.Conv\(%\w+, full\([^)]+\), %\w+\) .*group=\d+, activation=LeakyRelu/,
    hasNot: /= (Add|LeakyRelu)\(/,
  },
  {
    name: "the slope of a leaky unit",
    fn(inputs) {
      const y = conv(inputs);
      return tf.mul(tf.clipByValue(tf.mul(y, 1e30), 0.2, 1), tf.sin(y));
    },
    has: /nchwc\.Conv\(%\w+, full\([^)]+\)\) .*group=\d+, activation=Clip, activation_params=\[0\.2/,
    hasNot: /= Clip\(/,
  },
  {
    name: "a dense layer on images, and its gradients by both",
    fn(inputs) {
      const y = conv(inputs);
      const dense = (images: tf.Tensor, weights: tf.Tensor): tf.Tensor =>
        tf.sum(tf.tanh(tf.mul(1e-3, tf.matMul(tf.reshape(images, [4, -1]), weights as tf.Tensor2D))));
      const [byImages, byWeights] = tf.grads(dense)([y, inputs["e"]]);
      return tf.add(tf.mul(byImages, y), tf.sum(byWeights));
    },
    has: /Gemm\(.*\) \{transA=0, transB=0\}[^]*transA=0, transB=1[^]*transA=1, transB=0/,
    hasNot: /ReorderOutput[^]*Gemm|Gemm[^]*ReorderInput/,
  },
  {
    name: "an image mirrored at its edges, and the gradient",
    fn(inputs) {
      const y = conv(inputs);
      const mirrored = (images: tf.Tensor): tf.Tensor =>
        tf.square(tf.mirrorPad(images, [[0, 0], [1, 2], [3, 1], [0, 0]], "reflect")); // prettier-ignore
      return tf.concat([tf.pad(tf.grad(mirrored)(y), [[0, 0], [1, 2], [3, 1], [0, 0]]), mirrored(y)]); // prettier-ignore
    },
    has: /= Gather\([^]*Split\([^]*Concat\(/,
    hasNot: /mode=reflect|nchwc\.ReorderInput[^]*nchwc\.ReorderInput/,
  },
  ...[[0, 1, 2] as const, [1, 2] as const].flatMap((axes) =>
    [true, false].map((keep) => ({
      name: `mean, sum and mean square over axes ${axes.join()}${keep ? ", which are kept" : ""}`,
      fn(inputs: Inputs) {
        const y = conv(inputs);
        const statistics = [
          tf.mean(y, [...axes], keep),
          tf.sum(y, [...axes], keep),
          tf.mean(tf.square(y), [...axes], keep),
        ];
        return tf.concat(statistics);
      },
      has: /nchwc\.GlobalAveragePool[^]*nchwc\.GlobalAveragePool/,
      hasNot: /= Reduce(Sum|SumSquare)\(/,
    })),
  ),
];

const engines: OnnxEngine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.dispose();
});

async function run(fn: (inputs: Inputs) => tf.Tensor, useBlock: number): Promise<{ y: number[]; listing: string }> {
  const engine = await OnnxEngine.create({ threads: 1, block: useBlock });
  engines.push(engine);
  const inputs: HostTensors = Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => [
      name,
      { shape, dtype: "float32" as const, data: stream(3, name).normal(0, new Float32Array(sizeOf(shape))) },
    ]),
  );
  const specs = Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => [name, { shape, dtype: "float32" as const }]),
  );
  const traced: TensorFunction = (tensors) => ({ outputs: { y: fn(tensors) }, state: {} });
  const program = await engine.compile(traced, { name: "scene", inputs: specs, state: {} });
  const { y } = await program.run(inputs, engine.createState({}));
  return { y: Array.from(y.data), listing: String(program) };
}

describe.skipIf(block === 0).each(ROWS)("$name", ({ fn, has, hasNot }) => {
  // Sums of 2304 values of about 17 are rounded at 4e4 / 2^24 = 2e-3 or better.
  it("equals the standard kernels within 1e-5, and is done by the blocked ones", async () => {
    const standard = await run(fn, 0);
    const blocked = await run(fn, block);
    expect(blocked.y).toBeAllclose(standard.y, 1e-5, 2e-3);
    expect(standard.listing).not.toMatch(/nchwc/);
    expect(blocked.listing).toMatch(has);
    expect(blocked.listing).not.toMatch(hasNot);
  });
});
