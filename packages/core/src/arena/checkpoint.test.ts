/** @file A checkpoint taken over by another run: weights and progress stay, what the run is changes. */
import { describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../checkpoint/index.js";
import { float32 } from "../contracts/tensors.js";
import type { RunSpec } from "../contracts/tracker.js";
import { readoptCheckpoint } from "./checkpoint.js";

const engine = { engine: "onnx", versions: { ort: "1" }, threads: 1, choices: {} };
const identity = {
  variant: "gan",
  config: { lr: 0.1, beta1: 0.5 },
  dataset: "ring",
  dataFingerprint: "f",
  seed: 0,
  batchSize: 8,
  kimg: 2,
  engine: { ...engine, threads: 2 },
};
const counters = {
  round: 5,
  plays: { D: 5 },
  updates: { D: 5 },
  averagedAt: {},
  position: 40,
  images: 40,
  gradientEvaluations: 10,
  seconds: 1.5,
};
const bytes = (changes: Partial<typeof identity> = {}): Uint8Array =>
  writeSafetensors({
    tensors: { "params/D/w": float32([2], Float32Array.of(1, -2)) },
    metadata: {
      "gan-arena": JSON.stringify({ formatVersion: 1, identity: { ...identity, ...changes }, counters, meters: {} }),
    },
  });
const run = {
  variant: "gan",
  config: { lr: 0.2, beta1: 0.9 },
  dataset: "ring",
  dataFingerprint: "f",
  seed: 7,
  options: { batchSize: 8, kimg: 2 },
} as unknown as RunSpec;

describe("readoptCheckpoint", () => {
  test("keeps weights and counters, and is a checkpoint of the new run in settings, seed and engine", () => {
    const { tensors, metadata } = readSafetensors(readoptCheckpoint(bytes(), "a", run, engine), "b");
    expect(tensors["params/D/w"]?.data).toEqual(Float32Array.of(1, -2));
    const described = JSON.parse(metadata["gan-arena"] ?? "") as Record<string, unknown>;
    expect(described["counters"]).toEqual(counters);
    expect(described["identity"]).toEqual({ ...identity, config: run.config, seed: 7, engine });
  });

  test.each([
    ["another variant", { variant: "dcgan" }, 'variant was "dcgan" and is "gan" now'],
    ["another data set", { dataset: "grid" }, 'dataset was "grid" and is "ring" now'],
    ["other data under the same name", { dataFingerprint: "g" }, 'dataFingerprint was "g" and is "f" now'],
  ])("refuses %s", (_what, changes, difference) =>
    expect(() => readoptCheckpoint(bytes(changes), "a.safetensors", run, engine)).toThrow(
      `[a.safetensors] its weights are for another game: ${difference}; copy within one variant and data set`,
    ),
  );

  test("refuses what is damaged", () => {
    const broken = bytes();
    broken[broken.length - 1] ^= 1;
    expect(() => readoptCheckpoint(broken, "a.safetensors", run, engine)).toThrow(/a\.safetensors/u);
  });
});
