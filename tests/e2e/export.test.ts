/** @file The exported generator: a standard ONNX file from which Python's onnxruntime computes what the engine computes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openArena, viewProgram, type OpenDataset, type RunSpec } from "@gan-arena/core";
import { float32, sizeOf, stream, type AnyVariant } from "@gan-arena/core/base";
import { mnist, ring } from "@gan-arena/datasets";
import { OnnxEngine } from "@gan-arena/engine";
import { RunStore } from "@gan-arena/tracking";
import { dcgan } from "@gan-arena/variants-dcgan";
import { gan } from "@gan-arena/variants-gan";
import { beforeAll, describe, expect, it } from "vitest";
import { arenaJson, suiteFolder, type TrainDocument } from "../support/command.js";
import { python, pythonMissing } from "../support/python.js";

interface Port {
  readonly name: string;
  readonly shape: readonly (number | "N")[];
}

interface ExportDocument {
  readonly file: string;
  readonly batch: number | "N";
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Reads z, runs the file, writes the samples; prints what kind of file it is. */
const SCRIPT = `
import json, sys
import numpy as np
import onnxruntime as ort

model, given, result, shape = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
z = np.fromfile(given, dtype="<f4").reshape(shape)
(samples,) = session.run(None, {session.get_inputs()[0].name: z})
samples.astype("<f4").tofile(result)
print(json.dumps({"shape": samples.shape, "metadata": session.get_modelmeta().custom_metadata_map}))
`;

const ROWS = [
  {
    name: "gan on ring",
    variant: gan as AnyVariant,
    open: (): Promise<OpenDataset> => ring.open(ring.config.parse({}), { home: "unused" }),
    words: ["train", "gan", "--dataset", "ring", "--kimg", "3.2", "--batch", "32", "--set", "hidden=16"],
    samples: ["N", 2],
  },
  {
    name: "dcgan on mnist",
    variant: dcgan as AnyVariant,
    open: (): Promise<OpenDataset> => mnist.open(mnist.config.parse({}), { home: "unused" }),
    words: ["train", "dcgan", "--dataset", "mnist", "--kimg", "0.2", "--batch", "8", "--set", "filters=16"],
    samples: ["N", 28, 28, 1],
  },
] as const;

const missing = pythonMissing();
if (missing !== undefined) console.warn(`tests/e2e/export.test.ts is skipped in part: ${missing}`);

describe.each(ROWS)("$name", ({ variant, open, words, samples }) => {
  const home = suiteFolder();
  const file = join(home, "G.onnx");
  let run: TrainDocument;
  let exported: ExportDocument;
  beforeAll(async () => {
    const metric = words.includes("ring" as never) ? "swd-points2k" : "swd-pixels2k";
    run = await arenaJson<TrainDocument>([
      ...words,
      "--metrics",
      metric,
      "--metric-kimg",
      "10",
      "--threads",
      "1",
      "--home",
      home,
    ]);
    exported = await arenaJson<ExportDocument>(["export", run.runId, "--out", file, "--home", home]);
  });

  it("takes any number of latents and gives as many samples", () => {
    expect(exported).toMatchObject({
      file,
      batch: "N",
      inputs: [{ shape: ["N", expect.any(Number) as number] }],
      outputs: [{ shape: samples }],
    });
  });

  /** What the engine makes of `z` with the weights of the newest checkpoint. */
  async function engineSamples(z: Float32Array, n: number): Promise<Float32Array> {
    const engine = await OnnxEngine.create({ threads: 1 });
    const stored = RunStore.open(home, { readOnly: true }).get(run.runId);
    const spec: RunSpec = stored.spec;
    const arena = await openArena({
      run: { ...spec, options: { ...spec.options } },
      variant,
      data: await open(),
      engine,
    });
    const [newest] = await stored.checkpoints.list();
    await arena.restore(await stored.checkpoints.load(newest?.file ?? ""), newest?.file ?? "");
    const [plan] = arena.game.views;
    const { fn, signature } = viewProgram(arena.game, plan);
    const [[input, shape] = ["", { shape: [] as readonly number[] }]] = Object.entries(signature.inputs);
    const sized = {
      ...signature,
      inputs: { [input]: { shape: [n, ...shape.shape.slice(1)], dtype: "float32" as const } },
    };
    const program = await engine.compile(fn, sized);
    const outputs = await program.run({ [input]: float32([n, ...shape.shape.slice(1)], z) }, arena.state);
    const values = Float32Array.from(Object.values(outputs)[0]?.data ?? []);
    await arena.dispose();
    await engine.dispose();
    return values;
  }

  it.skipIf(missing !== undefined).each([1, 5])(
    "Python's onnxruntime computes the engine's numbers for %d latents",
    async (n) => {
      const zDim = Number(exported.inputs[0]?.shape[1]);
      const z = stream(1, "tests/export").normal(0, new Float32Array(n * zDim));
      const [given, result] = [join(home, "z.bin"), join(home, "samples.bin")];
      writeFileSync(given, z);
      const told = JSON.parse(python(SCRIPT, [file, given, result, JSON.stringify([n, zDim])])) as {
        shape: number[];
        metadata: Record<string, string>;
      };
      expect(told.shape).toEqual([n, ...samples.slice(1)]);
      expect(told.metadata).toMatchObject({ run: run.runId, variant: variant.name });
      const bytes = readFileSync(result);
      const got = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
      expect(got).toHaveLength(n * sizeOf(samples.slice(1) as number[]));
      expect(new Set(got).size).toBeGreaterThan(1);
      expect(got).toBeAllclose(await engineSamples(z, n), 1e-4, 1e-6);
    },
  );
});
