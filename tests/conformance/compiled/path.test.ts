/** @file That the compiled path is the one that ran: what was compiled, how often, and with which kernels. */
import { openArena, sizeOf, tf, type Engine, type Program, type Signature, type TensorFunction } from "@gan-arena/core";
import { openScene } from "@gan-arena/core/testing";
import { OnnxEngine } from "@gan-arena/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryStore, MemoryTracker, runSpec } from "../arena/support.js";
import { SCENES, variantOf, type SceneRow } from "./scenes.js";

let engine: OnnxEngine;
let plain: OnnxEngine;

beforeAll(async () => {
  engine = await OnnxEngine.create({ threads: 1 });
  plain = await OnnxEngine.create({ threads: 1, block: 0 });
});
afterAll(async () => {
  await engine.dispose();
  await plain.dispose();
});

const open = async ({ variant: name, config, data, batchSize, seed }: SceneRow, on: Engine) => {
  const variant = variantOf(name);
  const parsed = variant.config.parse(config) as unknown;
  return openScene({ variant, config: parsed, data: await data(), engine: on, batchSize, seed });
};

/** Nodes of a listing by op: `%y = nchwc.Conv(%x, %w) {…}`. */
function opsOf(programs: readonly (Program | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const program of programs)
    for (const [, op = ""] of String(program).matchAll(/ = ([\w.]+)\(/g)) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

describe.each(SCENES)("$title", (row) => {
  it("is compiled, with the convolutions that its channels allow", async () => {
    const scene = await open(row, engine);
    const programs = scene.programs.map(({ program }) => program);
    expect(programs.map((program) => program?.kind)).toEqual(scene.game.phases.map(() => "compiled"));
    const ops = opsOf(programs);
    // A processor without blocked kernels (block 0) runs the standard ones: that is the only way to have none here.
    const [blocked, standard] = [(ops["nchwc.Conv"] ?? 0) > 0, (ops["Conv"] ?? 0) > 0];
    const canBlock = engine.policy.block > 0;
    expect(blocked || standard).toBe(row.convolutions !== "none");
    // Layers of few channels run on standard kernels; only gradients of their filters may be made with blocked ones.
    const expected = { none: !blocked, plain: standard, blocked: blocked === canBlock };
    expect(expected[row.convolutions] && (canBlock || !blocked)).toBe(true);
    expect((ops["MatMul"] ?? 0) + (ops["Gemm"] ?? 0)).toBeGreaterThan(0);
    await scene.dispose();
  });

  it("has standard operators only when the engine is told so", async () => {
    const scene = await open(row, plain);
    const named = Object.keys(opsOf(scene.programs.map(({ program }) => program)));
    expect(named.filter((op) => op.includes("."))).toEqual([]);
    await scene.dispose();
  });
});

/** An engine that writes down what it is asked to compile and how often each program runs. */
function watched(inner: Engine) {
  const runs = new Map<string, { compiled: number; kind: string; runs: number }>();
  const compile: Engine["compile"] = async (fn, signature) => {
    const program = await inner.compile(fn, signature);
    const entry = { compiled: (runs.get(signature.name)?.compiled ?? 0) + 1, kind: program.kind, runs: 0 };
    runs.set(signature.name, entry);
    return {
      signature,
      kind: program.kind,
      run: (inputs, state) => {
        entry.runs++;
        return program.run(inputs, state);
      },
      toString: () => program.toString(),
      dispose: () => program.dispose(),
    };
  };
  return { runs, engine: Object.assign(Object.create(inner) as Engine, { compile }) };
}

it("an arena compiles each phase once and plays every round with it", async () => {
  const [row] = SCENES;
  const variant = variantOf(row.variant);
  const { runs, engine: counting } = watched(engine);
  const data = await row.data();
  // k = 2 plays of D, 8 images each: 0.16 kimg are 10 rounds.
  const config = variant.config.parse(row.config) as Record<string, unknown>;
  const options = { kimg: 0.16, batchSize: 8, logKimg: 0.016, checkpointKimg: 0.08, pictureKimg: 1, metricKimg: 1 };
  const run = runSpec(counting, options, { variant: variant.name, config, dataset: "ring" });
  const arena = await openArena({ run, variant, data: { train: data, test: data }, engine: counting });
  await arena.train({ metrics: [], trackers: [new MemoryTracker()], checkpoints: new MemoryStore() });
  await arena.dispose();
  expect(runs.get("gan/discriminator")).toEqual({ compiled: 1, kind: "compiled", runs: 20 });
  expect(runs.get("gan/generator")).toEqual({ compiled: 1, kind: "compiled", runs: 10 });
});

describe("a function that is compiled again", () => {
  const signature = (n: number): Signature => ({
    name: "double",
    inputs: { x: { shape: [n], dtype: "float32" } },
    state: {},
  });
  const double: TensorFunction = ({ x }) => ({ outputs: { y: tf.mul(x, 2) }, state: {} });

  it("with an equal signature is the same program", async () => {
    const first = await engine.compile(double, signature(3));
    expect(await engine.compile(double, signature(3))).toBe(first);
  });
  it("with another signature, or another function of the same shape, is another program", async () => {
    const first = await engine.compile(double, signature(3));
    expect(await engine.compile(double, signature(4))).not.toBe(first);
    expect(await engine.compile((inputs, state) => double(inputs, state), signature(3))).not.toBe(first);
  });
  it("runs for the shape it was compiled for: 2 x [1, 2, 3] = [2, 4, 6]", async () => {
    const program = await engine.compile(double, signature(3));
    const state = engine.createState({});
    const x = { shape: [3], dtype: "float32" as const, data: Float32Array.of(1, 2, 3) };
    expect((await program.run({ x }, state))["y"].data).toBeAllclose([2, 4, 6], 0, 0);
    const longer = { ...x, shape: [4], data: new Float32Array(sizeOf([4])) };
    await expect(program.run({ x: longer }, state)).rejects.toThrow(/\[double\] input "x" must be \[3\], got \[4\]/);
  });
});
