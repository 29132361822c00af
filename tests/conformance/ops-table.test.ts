/** @file `packages/engine/OPS.md` says what the engine supports and what is missing: it must be true. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tf } from "@gan-arena/core";
import { OnnxEngine } from "@gan-arena/engine";
import { beforeAll, expect, it } from "vitest";
import { ROOT } from "../support/repository.js";

const text = readFileSync(join(ROOT, "packages", "engine", "OPS.md"), "utf8");

const TRACER = "gan-arena-onnx";

/** The names in the last column of the tables of a chapter. */
function namesIn(chapter: string): string[] {
  const body = text.split(/^## /mu).find((part) => part.startsWith(chapter)) ?? "";
  const rows = body.split("\n").filter((line, i, all) => line.startsWith("| ") && !all[i + 1]?.startsWith("|---"));
  return rows.flatMap((row) => (row.split("|").at(-2) ?? "").trim().split(" "));
}

const kernelsOf = (backend: string): string[] => tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName);

/** Whether the engine has the kernel only to say that it has none. */
async function refuses(kernel: string): Promise<boolean> {
  await tf.setBackend(TRACER);
  try {
    tf.engine().runKernel(kernel, {});
  } catch (error) {
    return error instanceof Error && error.message.includes(`op "${kernel}" has no kernel in the onnx engine: `);
  }
  return false;
}

async function supported(): Promise<string[]> {
  const names = kernelsOf(TRACER);
  const refused = await Promise.all(names.map(refuses));
  return names.filter((_, i) => !refused[i]);
}
const sorted = (names: readonly string[]): string[] => [...names].sort((a, b) => a.localeCompare(b));

beforeAll(async () => {
  const engine = await OnnxEngine.create({ threads: 1 });
  // The tracer's kernels are registered with the first trace.
  const signature = { name: "any", inputs: { x: { shape: [1], dtype: "float32" as const } }, state: {} };
  await engine.trace(({ x }) => ({ outputs: { y: tf.neg(x) }, state: {} }), signature);
  await engine.dispose();
});

it("lists every kernel that is registered as supported, once", async () => {
  expect(sorted(namesIn("Supported"))).toEqual(sorted(await supported()));
});

it("lists every other kernel that TensorFlow.js has on the cpu as missing, once", async () => {
  const known = new Set(await supported());
  expect(sorted(namesIn("Missing"))).toEqual(sorted(kernelsOf("cpu").filter((name) => !known.has(name))));
});

it.each(namesIn("Missing"))("%s is refused with the reason and what to do instead", async (kernel) => {
  expect(await refuses(kernel)).toBe(true);
});
