/** @file Every lowering of a convolution and its gradients gives what the standard kernels give, whatever the geometry. */
import { tf } from "@gan-arena/core";
import { sizeOf, stream, type HostTensors, type Signature, type TensorFunction } from "@gan-arena/core/base";
import { afterAll, describe, expect, it } from "vitest";
import { reachable } from "../graph/ir.js";
import { OnnxEngine } from "../runtime/onnx-engine.js";
import { probeBlock } from "../runtime/probe.js";
import { trace } from "../trace/trace.js";
import { choiceKey } from "./choice.js";
import { CANDIDATES } from "./index.js";

type Four = readonly [number, number, number, number];

interface Row {
  readonly image: Four;
  readonly kernel: readonly [number, number];
  readonly out: number;
  readonly strides: readonly [number, number];
  readonly pad: "same" | "valid";
}

const block = (await probeBlock()) || 16;
const [few, many] = [3, 2 * block];
const row = (image: Four, kernel: readonly [number, number], out: number, rest: Pick<Row, "strides" | "pad">): Row => ({
  image,
  kernel,
  out,
  ...rest,
});

/** So large that its border is made by all threads, and so narrow that it is made beforehand. */
const NARROW = row([24, 14, 14, 64], [4, 4], 64, { strides: [2, 2], pad: "same" });

const ROWS: readonly Row[] = [
  NARROW,
  row([2, 8, 8, many], [4, 4], block, { strides: [2, 2], pad: "same" }),
  row([2, 8, 8, block], [4, 4], many, { strides: [2, 2], pad: "same" }),
  row([2, 7, 6, block], [3, 3], many, { strides: [1, 1], pad: "same" }),
  row([2, 9, 7, block], [3, 3], block, { strides: [2, 2], pad: "same" }),
  row([2, 9, 8, block], [3, 3], block, { strides: [2, 1], pad: "same" }),
  row([2, 8, 8, block], [5, 5], block, { strides: [2, 2], pad: "same" }),
  row([2, 6, 6, block], [1, 1], many, { strides: [1, 1], pad: "valid" }),
  row([2, 9, 9, 9], [3, 3], 5, { strides: [2, 2], pad: "valid" }),
  row([2, 8, 8, 1], [4, 4], block, { strides: [2, 2], pad: "same" }),
  row([2, 8, 8, few], [4, 4], many, { strides: [2, 2], pad: "same" }),
  row([2, 6, 8, few], [5, 5], many, { strides: [2, 2], pad: "same" }),
  row([3, 7, 7, few], [3, 3], block, { strides: [1, 1], pad: "same" }),
  row([2, 8, 8, 2], [4, 4], block, { strides: [4, 1], pad: "same" }),
  row([2, 7, 8, many], [5, 3], few, { strides: [1, 1], pad: "same" }),
  row([2, 7, 8, block], [3, 4], few, { strides: [1, 1], pad: "valid" }),
  row([2, 8, 8, block], [4, 4], few, { strides: [2, 2], pad: "same" }),
  row([2, 9, 9, many], [3, 3], few, { strides: [2, 2], pad: "same" }),
  row([2, 7, 14, block], [4, 4], 1, { strides: [1, 1], pad: "valid" }),
  row([2, 6, 7, block], [3, 3], 5, { strides: [1, 1], pad: "same" }),
  row([3, 5, 7, block], [4, 3], many, { strides: [2, 1], pad: "valid" }),
  row([3, 7, 9, block], [3, 3], block, { strides: [2, 2], pad: "valid" }),
  row([block, 7, 6, block], [3, 3], many, { strides: [1, 1], pad: "same" }),
  row([many, 6, 5, block], [3, 3], block, { strides: [2, 2], pad: "same" }),
  row([many, 6, 7, block], [5, 3], few, { strides: [1, 1], pad: "same" }),
  row([many, 6, 6, few], [3, 3], block, { strides: [1, 1], pad: "same" }),
  row([2, 4, 4, many], [4, 4], 1, { strides: [1, 1], pad: "valid" }),
  row([2, 4, 3, 5], [4, 3], many, { strides: [1, 1], pad: "valid" }),
];

const engines: OnnxEngine[] = [];
const engineWith = async (options: { block?: number; choices?: Record<string, string> }): Promise<OnnxEngine> => {
  const engine = await OnnxEngine.create({ threads: 1, ...options });
  engines.push(engine);
  return engine;
};
afterAll(async () => {
  for (const engine of engines) await engine.dispose();
});

/** A convolution and both its gradients under a given gradient of the result. */
function scene({ image, kernel, out, strides, pad }: Row): {
  fn: TensorFunction;
  signature: Signature;
  inputs: HostTensors;
} {
  const filter = [...kernel, image[3], out];
  const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor4D =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [...strides] as [number, number], pad);
  const result = tf.tidy(() => convolve(tf.zeros([...image]), tf.zeros(filter)).shape);
  const shapes: Record<string, readonly number[]> = { x: image, w: filter, dy: result };
  const fn: TensorFunction = ({ x, w, dy }) => {
    const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(convolve(a, b), dy)))([x, w]);
    return { outputs: { y: convolve(x, w), dx, dw }, state: {} };
  };
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      { shape, dtype: "float32" as const, data: stream(7, name).normal(0, new Float32Array(sizeOf(shape))) },
    ]),
  );
  const specs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: "float32" as const }]),
  );
  return { fn, signature: { name: "scene", inputs: specs, state: {} }, inputs };
}

async function results(
  engine: OnnxEngine,
  { fn, signature, inputs }: ReturnType<typeof scene>,
): Promise<Record<string, number[]>> {
  const program = await engine.compile(fn, signature);
  const state = engine.createState({});
  const outputs = await program.run(inputs, state);
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)]));
}

const covered = new Set<string>();

describe.each(
  ROWS.map(
    (each) =>
      [
        `${each.image.join("x")} by ${each.kernel.join("x")} to ${each.out}, strides ${each.strides.join()}, pad ${each.pad}`,
        each,
      ] as const,
  ),
)("%s", (_, each) => {
  it("every lowering that applies equals the standard one within 1e-5", async () => {
    await tf.setBackend("cpu");
    const played = scene(each);
    const expected = await results(await engineWith({ block: 0 }), played);
    const policy = { block };
    const { outputs } = trace(played.fn, played.signature);
    const nodes = reachable(Object.values(outputs)).filter(({ op }) => CANDIDATES[op]);
    expect(new Set(nodes.map(({ op }) => op))).toEqual(new Set(["Conv", "ConvInputGrad", "ConvFilterGrad"]));
    for (const node of nodes)
      for (const { name } of CANDIDATES[node.op].filter(({ applies }) => applies(node, policy))) {
        covered.add(`${node.op}/${name}`);
        const engine = await engineWith({ block, choices: { [choiceKey(node)]: name } });
        const actual = await results(engine, played);
        for (const key of ["y", "dx", "dw"])
          expect(actual[key], `${node.op} by ${name}: ${key}`).toBeAllclose(expected[key], 1e-5, 1e-4);
      }
  });
});

it.skipIf((await probeBlock()) === 0)("a narrow image gets its border from a convolution of one tap", async () => {
  const { fn, signature } = scene(NARROW);
  const program = String(await (await engineWith({ block })).compile(fn, signature));
  expect(program).toMatch(/nchwc\.Conv.*pads=\[0,1,0,1\].*group=64/);
  expect(program).toMatch(/nchwc\.Conv.*strides=\[2,2\].*pads=\[1,0,1,0\]/);
});

it("every lowering was reached", () => {
  const all = Object.entries(CANDIDATES).flatMap(([op, candidates]) => candidates.map(({ name }) => `${op}/${name}`));
  expect([...covered].sort()).toEqual(all.sort());
});
