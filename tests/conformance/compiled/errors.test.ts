/** @file What cannot be compiled says so: the phase, the op or the call, why, and what to do instead. */
import { batch, phase, sgd, tf, type Phase, type Tensor } from "@gan-arena/core";
import { OnnxEngine } from "@gan-arena/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { add, lineVariant, mean, mul, open } from "../arena/support.js";

let engine: OnnxEngine;
beforeAll(async () => {
  engine = await OnnxEngine.create({ threads: 1 });
});
afterAll(() => engine.dispose());

type Loss = Phase["loss"];

/** A phase that scores real samples `[4,1]` and does something with the scores before their mean is taken. */
const scoring =
  (body: (scores: Tensor) => Tensor): Loss =>
  ({ D }, { x }) => ({ terms: { real: mean(body(D(x))) } });

async function messageOf(loss: Loss): Promise<string> {
  const critic = phase({ name: "critic", updates: ["D"], draws: { x: batch() }, loss });
  const variant = lineVariant({ phases: () => [critic], optimizers: () => ({ D: sgd({ lr: 0.1 }) }) });
  const playing = open(variant, { engine }).then(({ arena, store }) =>
    arena.train({ metrics: [], trackers: [], checkpoints: store }),
  );
  const error: unknown = await playing.then(
    () => "no error",
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "GanError", exitCode: 2 });
  return (error as Error).message;
}

const flat = (x: Tensor): tf.Tensor1D => tf.reshape<tf.Rank.R1>(x, [-1]);
const float = (x: Tensor): Tensor => tf.cast(x, "float32");

describe("an op without a kernel names the phase, the op, the reason and the nearest way", () => {
  it.each<[string, (scores: Tensor) => Tensor, string, RegExp]>([
    ["unique", (y) => tf.unique(flat(y)).values, "Unique", /size of its result depends on values; .*topk/],
    [
      "nonMaxSuppression",
      (y) => float(tf.image.nonMaxSuppression(tf.zeros([4, 4]), flat(y), 2)),
      "NonMaxSuppressionV3",
      /size of its result depends on values/,
    ],
    ["rfft", (y) => tf.real(tf.spectral.rfft(y)), "Complex", /not complex; use spectrum2d/],
    [
      "multinomial",
      (y) => float(tf.multinomial(tf.reshape<tf.Rank.R2>(y, [1, 4]), 3)),
      "Multinomial",
      /the same in every step; declare a draw/,
    ],
    [
      "sparseSegmentSum",
      (y) => tf.sparse.sparseSegmentSum(y, tf.tensor1d([0, 1], "int32"), tf.tensor1d([0, 0], "int32")),
      "SparseSegmentSum",
      /unsortedSegmentSum/,
    ],
  ])("%s", async (_, body, kernel, rest) => {
    const message = await messageOf(scoring(body));
    expect(message).toMatch(
      new RegExp(`^\\[line/critic\\] the TensorFlow.js op "${kernel}" has no kernel in the onnx engine`, "u"),
    );
    expect(message).toMatch(rest);
    expect(message).toMatch(/, or run with --engine cpu$/u);
  });

  it("an op that nobody knows is named too", async () => {
    const message = await messageOf(scoring((y) => tf.engine().runKernel<Tensor>("Frobnicate", { x: y })));
    expect(message).toMatch(
      /^\[line\/critic\] the TensorFlow.js op "Frobnicate" has no kernel in the onnx engine; .*OPS\.md/u,
    );
  });

  it("strings", async () => {
    expect(await messageOf(scoring((y) => (tf.equal(tf.tensor(["a"]), tf.tensor(["b"])), y)))).toBe(
      "[line/critic] tensors of dtype string are not supported; use float32, int32 or bool",
    );
  });
});

describe("values that are read inside a phase", () => {
  const why =
    /a phase is compiled once for all steps, so its shapes and its path may not depend on values: use tensor ops such as where\(\) instead$/u;

  it.each<[string, (y: Tensor) => unknown]>([
    ["dataSync()", (y) => y.dataSync()],
    ["arraySync()", (y) => y.arraySync()],
    ["bufferSync()", (y) => y.bufferSync()],
  ])("%s says why it cannot be traced", async (_, read) => {
    const message = await messageOf(scoring((y) => (read(y), y)));
    expect(message).toMatch(/^\[line\/critic\] the values of a tensor are read inside the function \(dataSync\(\)/u);
    expect(message).toMatch(why);
  });

  it.each<[string, (y: Tensor) => unknown]>([
    ["data()", (y) => y.data()],
    ["whereAsync(), passed on as if it were a tensor", (y) => tf.gather(y, tf.whereAsync(tf.greater(y, 0)) as never)],
    ["booleanMaskAsync()", (y) => mean(tf.booleanMaskAsync(y, tf.greater(y, 0)) as never)],
  ])("%s says so as well, and leaves no rejection behind", async (_, wait) => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", note);
    const message = await messageOf(scoring((y) => (wait(y), y)));
    await new Promise(setImmediate);
    process.off("unhandledRejection", note);
    expect(message).toMatch(/^\[line\/critic\] the values of a tensor are awaited inside the function/u);
    expect(message).toMatch(why);
    expect(rejections).toEqual([]);
  });

  it("a loss that is an async function", async () => {
    const loss = (async ({ D }: Record<string, (x: unknown) => Tensor>, { x }: Record<string, Tensor>) =>
      Promise.resolve({ terms: { real: mean(D(x)) } })) as unknown as Loss;
    expect(await messageOf(loss)).toBe(
      "[line/critic] loss must return its result at once, got a promise; make it a plain function: it is compiled once, and there are no values to wait for",
    );
  });
});

it("an op that has no gradient, between the parameters and a term", async () => {
  const counts = scoring((y) => tf.denseBincount(tf.tensor1d([0, 1, 1, 0], "int32"), flat(y), 3));
  expect(await messageOf(counts)).toMatch(
    /^\[line\/critic\] the TensorFlow.js op "DenseBincount" has no gradient, and it lies between the parameters and a term .*; use an op that has one/u,
  );
});

it("NaN in a compiled program names the phase and the term", async () => {
  const failing: Phase = phase({
    name: "critic",
    updates: ["D"],
    draws: { x: batch() },
    memory: { m: 0 },
    // log(0.05 - m) with m growing by 0.02 a play: NaN in the fourth.
    loss: ({ D }, { x }, { m }) => ({
      terms: { real: mean(D(x)), log: mul(0.01, tf.log(tf.sub(0.05, m))) },
      remember: { m: add(m, 0.02) },
    }),
  });
  const variant = lineVariant({ phases: () => [failing], optimizers: () => ({ D: sgd({ lr: 0.1 }) }) });
  const { arena, store } = await open(variant, { engine });
  await expect(arena.train({ metrics: [], trackers: [], checkpoints: store })).rejects.toMatchObject({
    code: "NOT_FINITE",
    message: expect.stringMatching(
      /^\[line\/critic\] term "D?\/?log" must be a finite number, got NaN at 0\.016 kimg/u,
    ) as string,
  });
});
