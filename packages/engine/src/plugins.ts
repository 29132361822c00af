/** @file The engines as plugins. */
import { availableParallelism } from "node:os";
import { ENGINE, type DependencyContainer, type EngineFactory, type EngineOptions } from "@gan-arena/core/base";
import { tf } from "@gan-arena/core";
import { EagerEngine } from "./eager/eager-engine.js";
import { OnnxEngine } from "./runtime/onnx-engine.js";
import { loadOrt } from "./runtime/ort.js";

const threadCount = ({ threads }: EngineOptions): number => (threads > 0 ? threads : availableParallelism());

export const onnxFactory: EngineFactory = {
  name: "onnx",
  summary: "compiles each phase into one ONNX graph, run by ONNX Runtime on the CPU",
  rank: 100,
  unavailable: () =>
    loadOrt().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
  create: (options) => OnnxEngine.create({ threads: threadCount(options) }),
};

export const cpuFactory: EngineFactory = {
  name: "cpu",
  summary: "runs op by op in plain JavaScript: the slow reference",
  rank: 0,
  unavailable: () => Promise.resolve(undefined),
  create: () =>
    Promise.resolve(
      new EagerEngine("cpu", "cpu", {
        engine: "cpu",
        versions: { "@tensorflow/tfjs": tf.version.tfjs },
        threads: 1,
        choices: {},
      }),
    ),
};

export function register(container: DependencyContainer): void {
  for (const engine of [onnxFactory, cpuFactory]) container.register(ENGINE, { useValue: engine });
}
