/** @file Joint batches: the twins that are found, the calls that are saved, and the same numbers as before. */
import { gradientPenalty, lerp, nonSaturating, tf, wasserstein, type Tensor } from "@gan-arena/core";
import { float32, stream, type HostTensors, type Signature, type TensorFunction } from "@gan-arena/core/base";
import { afterAll, describe, expect, it } from "vitest";
import { reachable } from "../graph/ir.js";
import { OnnxProgram } from "../runtime/program.js";
import { loadOrt } from "../runtime/ort.js";
import { OnnxState } from "../runtime/state.js";
import { trace, type Traced } from "../trace/trace.js";
import { joinBatches } from "./joint-batches.js";

const BATCH = 6;
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  x: [BATCH, 2],
  z: [BATCH, 2],
  epsilon: [BATCH, 1],
  w1: [2, 8],
  b1: [8],
  w2: [8, 8],
  b2: [8],
  w3: [8, 1],
  b3: [1],
  g: [2, 2],
};
const WEIGHTS = ["w1", "b1", "w2", "b2", "w3", "b3"] as const;

type Inputs = Record<string, Tensor>;

/** Three layers. */
const critic =
  ([w1, b1, w2, b2, w3, b3]: readonly Tensor[]) =>
  (x: Tensor): Tensor => {
    const h = tf.leakyRelu(tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(x, w1), b1)), w2), b2), 0.2);
    return tf.add(tf.matMul(h, w3), b3);
  };

/** The loss and its gradients by all weights of D. */
const lossAndGradients =
  (loss: (D: (x: Tensor) => Tensor, inputs: Inputs) => Tensor): TensorFunction =>
  (inputs) => {
    const weights = WEIGHTS.map((name) => inputs[name]);
    const { value, grads } = tf.valueAndGrads((...own: Tensor[]) => loss(critic(own), inputs).asScalar())(weights);
    return { outputs: { value, ...Object.fromEntries(grads.map((grad, i) => [`d${WEIGHTS[i]}`, grad])) }, state: {} };
  };

const gan = lossAndGradients((D, { x, z, g }) => nonSaturating.discriminator({ real: D(x), fake: D(tf.matMul(z, g)) }));
const wganGp = lossAndGradients((D, { x, z, g, epsilon }) => {
  const fake = tf.matMul(z, g);
  const penalty = gradientPenalty(D, lerp(fake, x, epsilon));
  return tf.add(wasserstein.discriminator({ real: D(x), fake: D(fake) }), tf.mul(10, penalty));
});
/** The second call sees what the first one returned: the two can never be one. */
const chained = lossAndGradients((D, { x, z }) => {
  const first = D(x);
  return tf.mean(tf.add(D(tf.concat([first, tf.slice(z, [0, 0], [BATCH, 1])], 1)), first));
});
/** Samples that meet one another in the layer: rows are not independent. */
const mixing = lossAndGradients((D, { x, z }) => {
  const centred = (scores: Tensor): Tensor => tf.square(tf.sub(scores, tf.mean(scores)));
  return tf.mean(tf.add(centred(D(x)), centred(D(z))));
});

const signature: Signature = {
  name: "test/joint",
  inputs: Object.fromEntries(
    Object.entries(SHAPES).map(([name, shape]) => [name, { shape: [...shape], dtype: "float32" as const }]),
  ),
  state: {},
};

const inputs: HostTensors = Object.fromEntries(
  Object.entries(SHAPES).map(([name, shape]) => {
    const value = float32([...shape]);
    stream(7, name).normal(0, value.data);
    return [name, value];
  }),
);

const programs: OnnxProgram[] = [];
afterAll(async () => {
  for (const program of programs) await program.dispose();
});

async function run(traced: Traced): Promise<{ outputs: Record<string, number[]>; products: number }> {
  const policy = { block: 0 };
  const program = await OnnxProgram.create(traced, signature, { policy, threads: 1 });
  programs.push(program);
  const outputs = await program.run(inputs, new OnnxState(await loadOrt(), {}, policy));
  const { Gemm = 0, MatMul = 0 } = program.opCounts;
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)])),
    products: Gemm + MatMul,
  };
}

const calls = (traced: Traced): number =>
  reachable(Object.values(traced.outputs)).filter(({ op }) => op === "Gemm").length;

describe("joint batches", () => {
  it.each([
    ["real and generated samples", gan],
    ["three calls, one of them differentiated twice", wganGp],
    ["a call on the result of another one", chained],
    ["scores that are compared within a batch", mixing],
  ])("give the same numbers: %s", async (_, fn) => {
    const apart = await run(trace(fn, signature));
    const joint = await run(joinBatches(trace(fn, signature)));
    for (const [name, values] of Object.entries(apart.outputs))
      values.forEach((value, i) => expect(joint.outputs[name][i], `${name}[${i}]`).toBeCloseTo(value, 4));
    expect(joint.products).toBeLessThanOrEqual(apart.products);
  });

  it("halve the products of D: three forward, two back to the layers before, three for the weights", () => {
    // The product that makes a generated sample is the one more; two back, because no gradient goes to the samples.
    expect(calls(trace(gan, signature))).toBe(2 * (3 + 2 + 3) + 1);
    expect(calls(joinBatches(trace(gan, signature)))).toBe(3 + 2 + 3 + 1);
  });

  it("leave alone what cancels bit for bit: a loss of differences of scores has no gradient by the last bias", async () => {
    const relativistic = lossAndGradients((D, { x, z }) => tf.mean(tf.softplus(tf.sub(D(z), D(x)))));
    const { outputs } = await run(joinBatches(trace(relativistic, signature)));
    expect(outputs["db3"]).toEqual([0]);
    expect(outputs["dw3"].every((value) => Math.abs(value) > 1e-6)).toBe(true);
  });

  it("leave a function alone that calls a network once", () => {
    const once = lossAndGradients((D, { x }) => tf.mean(D(x)));
    const traced = trace(once, signature);
    expect(joinBatches(traced)).toBe(traced);
  });

  it("leave large programs alone, where copies cost more than calls", () => {
    const size = 2048;
    const large: Signature = {
      name: "test/large",
      inputs: Object.fromEntries(["x", "z", "w"].map((name) => [name, { shape: [size, size], dtype: "float32" }])),
      state: {},
    };
    const twice: TensorFunction = ({ x, z, w }) => ({
      outputs: { y: tf.add(tf.relu(tf.matMul(x, w)), tf.relu(tf.matMul(z, w))) },
      state: {},
    });
    const traced = trace(twice, large);
    expect(joinBatches(traced)).toBe(traced);
  });
});
