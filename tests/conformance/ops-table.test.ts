/** @file `packages/engine/OPS.md` says what the engine supports and what is missing: it must be true. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tf } from "@gan-arena/core";
import { OnnxEngine } from "@gan-arena/engine";
import { beforeAll, expect, it } from "vitest";
import { ROOT } from "../support/repository.js";

const text = readFileSync(join(ROOT, "packages", "engine", "OPS.md"), "utf8");

/** The names in the last column of the tables of a chapter. */
function namesIn(chapter: string): string[] {
  const body = text.split(/^## /mu).find((part) => part.startsWith(chapter)) ?? "";
  const rows = body.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| group"));
  return rows.flatMap((row) => (row.split("|").at(-2) ?? "").trim().split(" "));
}

const kernelsOf = (backend: string): string[] => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);
const sorted = (names: readonly string[]): string[] => [...names].sort((a, b) => a.localeCompare(b));

beforeAll(async () => {
  const engine = await OnnxEngine.create({ threads: 1 });
  // The tracer's kernels are registered with the first trace.
  const signature = { name: "any", inputs: { x: { shape: [1], dtype: "float32" as const } }, state: {} };
  await engine.trace(({ x }) => ({ outputs: { y: tf.neg(x) }, state: {} }), signature);
  await engine.dispose();
});

it("lists every kernel that is registered as supported, once", () => {
  expect(sorted(namesIn("Supported"))).toEqual(sorted(kernelsOf("gan-arena-onnx")));
});

it("lists every other kernel that TensorFlow.js has on the cpu as missing, once", () => {
  const registered = new Set(kernelsOf("gan-arena-onnx"));
  expect(sorted(namesIn("Missing"))).toEqual(sorted(kernelsOf("cpu").filter((name) => !registered.has(name))));
});
