/** @file Cuts that belong together, and views that change nothing. */
import { tf, type Tensor } from "@gan-arena/core";
import { float32, type TensorFunction } from "@gan-arena/core/base";
import { afterAll, expect, it } from "vitest";
import { OnnxEngine } from "../runtime/onnx-engine.js";

const engine = await OnnxEngine.create({ threads: 1, block: 0 });
afterAll(() => engine.dispose());

const ROWS = [
  [1, 2, 3, 4],
  [5, 6, 7, 8],
];

async function run(fn: (x: Tensor) => Record<string, Tensor>): Promise<{
  outputs: Record<string, number[]>;
  ops: Readonly<Record<string, number>>;
}> {
  const traced: TensorFunction = ({ x }) => ({ outputs: fn(x), state: {} });
  const signature = { name: "test/cuts", inputs: { x: { shape: [2, 4], dtype: "float32" as const } }, state: {} };
  const program = await engine.compile(traced, signature);
  const x = float32([2, 4]);
  x.data.set(ROWS.flat());
  const outputs = await program.run({ x }, engine.createState({}));
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)])),
    ops: program.opCounts,
  };
}

it("cuts a value once into pieces that cover it", async () => {
  const { outputs, ops } = await run((x) => {
    const [left, middle, right] = tf.split(x, [1, 2, 1], 1);
    return { right: tf.exp(right), left: tf.neg(left), middle: tf.neg(middle) };
  });
  expect(ops).toMatchObject({ Split: 1 });
  expect(ops).not.toHaveProperty("Slice");
  expect(outputs).toMatchObject({ left: [-1, -5], middle: [-2, -3, -6, -7] });
});

it.each([
  ["overlap", [0, 2], [1, 3]],
  ["leave a gap", [0, 1], [2, 2]],
] as const)("cuts out one by one the pieces that %s", async (_, first, second) => {
  const pieces = [first, second];
  const { outputs, ops } = await run((x) =>
    Object.fromEntries(pieces.map(([start, size], i) => [`piece${i}`, tf.neg(tf.slice(x, [0, start], [2, size]))])),
  );
  expect(ops).toMatchObject({ Slice: 2 });
  pieces.forEach(([start, size], i) =>
    expect(outputs[`piece${i}`]).toEqual(ROWS.flatMap((row) => row.slice(start, start + size).map((value) => -value))),
  );
});

it("sums rows without a view before or after", async () => {
  const { outputs, ops } = await run((x) => ({ sum: tf.sum(tf.mul(x, 2), 0), mean: tf.mean(tf.mul(x, 4), 0) }));
  expect(ops).not.toHaveProperty("Reshape");
  expect(outputs).toEqual({ sum: [12, 16, 20, 24], mean: [12, 16, 20, 24] });
});
