/** @file ONNX Runtime, loaded when the first program needs it. */
import { GanError } from "@gan-arena/core/base";
import type * as Ort from "onnxruntime-node";

export type { Ort };

let loading: Promise<typeof Ort> | undefined;

/** @throws GanError MISSING_DEPENDENCY where the native library does not load */
export function loadOrt(): Promise<typeof Ort> {
  loading ??= quiet(import("onnxruntime-node")).catch((cause: unknown) => {
    throw new GanError(
      "MISSING_DEPENDENCY",
      `[engine/onnx] onnxruntime-node does not load on ${process.platform}-${process.arch} (${firstLine(cause)}); reinstall it, or use --engine cpu`,
      { cause },
    );
  });
  return loading;
}

/** Its own log goes to stderr past us; what went wrong is in the errors that it throws as well. */
async function quiet(loaded: Promise<typeof Ort>): Promise<typeof Ort> {
  const ort = await loaded;
  ort.env.logLevel = "fatal";
  return ort;
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

export interface SessionOptions {
  readonly threads: number;
  /** Writes a profile with this prefix. */
  readonly profile?: string;
  /** Default: the CPU. What it has no kernels for is computed on the CPU, unless `strict`. */
  readonly provider?: string | undefined;
  readonly strict?: boolean;
}

/** A session for one program. Nodes run one after the other, each on all threads. */
export async function createSession(
  bytes: Uint8Array,
  { threads, profile, provider, strict = false }: SessionOptions,
): Promise<Ort.InferenceSession> {
  const ort = await loadOrt();
  return ort.InferenceSession.create(bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    // Each program has a pool of threads of its own. Between runs they must not spin, or they take the cores from the
    // program that runs next: two alternating phases were half as slow again.
    extra: {
      session: { force_spinning_stop: "1", ...(strict ? { disable_cpu_ep_fallback: "1" } : {}) },
      // A fused activation runs as a second pass of its own over all threads; as a node it costs less than that. A sum of two
      // sums over rows would become a product with views around it.
      optimization: { disable_specified_optimizers: "GemmActivationFusion;MatMulAddFusion" },
    },
    ...(provider === undefined ? {} : { executionProviders: [provider] }),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  });
}
