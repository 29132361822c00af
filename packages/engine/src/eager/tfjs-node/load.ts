/**
 * @file Loads a native TensorFlow package into this process, once.
 *
 * LIMIT: TensorFlow takes its number of threads when it starts, and both packages register the same backend, so one process
 * runs one of them with one number of threads.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { registerPackKernels, tf } from "@gan-arena/core";
import { otherThreads, tensorflowDoesNotLoad } from "../../errors.js";
import type { Installation, TfjsNodeName } from "./installation.js";
import { padConvolutions } from "./padding.js";

/** The name under which both packages register their backend. */
export const TENSORFLOW = "tensorflow";

export interface LoadedTensorflow {
  readonly name: TfjsNodeName;
  readonly threads: number;
  /** Version of the native library. */
  readonly tensorflow: string;
  readonly device: "CPU" | "GPU";
}

/** What we read of the package's backend. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

let loaded: LoadedTensorflow | undefined;

/** @throws GanError MISSING_DEPENDENCY when the library does not load; BAD_CONFIG when it runs with other threads already */
export function loadTensorflow(name: TfjsNodeName, { packageHome }: Installation, threads: number): LoadedTensorflow {
  if (loaded) {
    if (loaded.name !== name || loaded.threads !== threads) throw otherThreads(loaded, { name, threads });
    return loaded;
  }
  setEnvironment(threads);
  const before = tf.getBackend();
  const require = createRequire(join(packageHome, "package.json"));
  try {
    shareTensorflowJs(require);
    require(packageHome);
    registerPackKernels(TENSORFLOW);
    padConvolutions(TENSORFLOW);
    const backend = tf.findBackend(TENSORFLOW) as unknown as NativeBackend;
    const { binding, isUsingGpuDevice } = backend;
    loaded = { name, threads, tensorflow: binding.TF_Version, device: isUsingGpuDevice ? "GPU" : "CPU" };
    return loaded;
  } catch (cause) {
    throw tensorflowDoesNotLoad(name, cause);
  } finally {
    if (before) void tf.setBackend(before);
  }
}

/** The library reads these when it starts; what the user has set stays. */
function setEnvironment(threads: number): void {
  const { env } = process;
  env["TF_NUM_INTRAOP_THREADS"] = String(threads);
  env["TF_NUM_INTEROP_THREADS"] = "1";
  env["OMP_NUM_THREADS"] = String(threads);
  env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  env["TF_DETERMINISTIC_OPS"] ??= "1";
}

/**
 * Lets the package use the TensorFlow.js that is loaded already. A copy of its own would register its gradients over those
 * of the core, which can be differentiated twice.
 */
function shareTensorflowJs(theirs: NodeJS.Require): void {
  const ours = createRequire(import.meta.url);
  const [own, copy] = [ours.resolve("@tensorflow/tfjs"), theirs.resolve("@tensorflow/tfjs")];
  if (own === copy) return;
  ours(own);
  theirs.cache[copy] = ours.cache[own];
}
