/** @file Where ONNX Runtime computes: on the CPU, or on what its execution providers reach. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GanError, suggest, type ProviderState } from "@gan-arena/core/base";
import { encodeModel } from "../onnx/model.js";
import { createSession, loadOrt } from "./ort.js";

export const CPU = "cpu";

/**
 * What the installed build of ONNX Runtime knows, each tried on this machine, in a process of its own: a driver may write to
 * stderr past us, or take the process that loads it down.
 */
export async function providerStates(): Promise<ProviderState[]> {
  const script = fileURLToPath(new URL("provider-probe.js", import.meta.url));
  const states: ProviderState[] = [];
  for (const name of await knownProviders()) {
    const reason = await promisify(execFile)(process.execPath, [script, name], { timeout: PATIENCE_MS }).then(
      ({ stdout }) => stdout.trim(),
      () => "the process that tried it died",
    );
    states.push(reason === "" ? { name } : { name, reason });
  }
  return states;
}

const PATIENCE_MS = 60_000;

/**
 * @throws GanError UNKNOWN_NAME when this build of ONNX Runtime has no such provider, MISSING_DEPENDENCY when it cannot run
 *   here: a run that was to use it never falls back to the CPU unseen
 */
export async function checkProvider(name: string): Promise<void> {
  const known = await knownProviders();
  if (!known.includes(name))
    throw new GanError(
      "UNKNOWN_NAME",
      `[engine/onnx] onnxruntime-node has no execution provider "${name}" on ${process.platform}-${process.arch}; ${suggest(name, known)}`,
    );
  const reason = await providerFailure(name);
  if (reason !== undefined)
    throw new GanError(
      "MISSING_DEPENDENCY",
      `[engine/onnx] the execution provider "${name}" cannot run here (${reason}); ${REMEDY[name] ?? "install what it needs"}, or leave --provider out for the CPU`,
    );
}

const REMEDY: Readonly<Record<string, string>> = {
  cuda: "install CUDA, and the provider's library with: npm rebuild onnxruntime-node --ignore-scripts=false",
  tensorrt:
    "install CUDA and TensorRT, and the provider's library with: npm rebuild onnxruntime-node --ignore-scripts=false",
  webgpu: "install a driver for Vulkan, Metal or Direct3D 12",
};

const knownProviders = async (): Promise<string[]> => (await loadOrt()).listSupportedBackends().map(({ name }) => name);

const tried = new Map<string, Promise<string | undefined>>();

/** One product on the provider, which may not hand it to the CPU. @returns why not, in a few words */
export function providerFailure(name: string): Promise<string | undefined> {
  const failure = tried.get(name) ?? (name === CPU ? Promise.resolve(undefined) : tryProduct(name));
  tried.set(name, failure);
  return failure;
}

async function tryProduct(provider: string): Promise<string | undefined> {
  const ort = await loadOrt();
  const port = (name: string) => ({ name, shape: [2, 2], dtype: "float32" as const });
  const product = { op: "MatMul", domain: "", inputs: ["x", "x"], outputs: ["y"], attributes: {} };
  const model = { name: "probe", nodes: [product], initializers: [], inputs: [port("x")], outputs: [port("y")] };
  try {
    const session = await createSession(encodeModel(model), { threads: 1, provider, strict: true });
    const { y } = await session.run({ x: new ort.Tensor("float32", Float32Array.of(1, 2, 3, 4), [2, 2]) });
    await session.release();
    return String(y?.data) === "7,10,15,22" ? undefined : `it computes ${String(y?.data)} for 7,10,15,22`;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The path of a source file, a function's name and a condition come before the words.
    return (/Failed to [^\n]*|backend not found[^\n]*/u.exec(text)?.[0] ?? text.split("\n")[0] ?? "")
      .trim()
      .replace(/\.$/u, "");
  }
}
