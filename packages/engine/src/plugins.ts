/** @file The engines as plugins. */
import { join } from "node:path";
import { ENGINE, HOME, type DependencyContainer, type EngineFactory } from "@gan-arena/core/base";
import { tf } from "@gan-arena/core";
import { EagerEngine } from "./eager/eager-engine.js";
import { tfjsNodeFactory } from "./eager/tfjs-node/factories.js";
import { TFJS_NODE_NAMES } from "./eager/tfjs-node/installation.js";
import { OnnxEngine } from "./runtime/onnx-engine.js";
import { loadOrt } from "./runtime/ort.js";
import { providerStates } from "./runtime/providers.js";
import { threadCount } from "./threads.js";

/** What is chosen besides lowerings is found anew, and compared. */
const FOUND = new Set(["block", "provider"]);

const loweringsOf = (choices: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(choices).filter(([name]) => !FOUND.has(name)));

export const onnxFactory: EngineFactory = {
  name: "onnx",
  summary: "compiles each phase into one ONNX graph, run by ONNX Runtime",
  rank: 100,
  unavailable: () =>
    loadOrt().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
  providers: providerStates,
  create: ({ threads, provider, choices, deterministic, cache, note = () => undefined }) =>
    OnnxEngine.create({
      threads: threadCount({ threads }),
      provider,
      choices: choices && loweringsOf(choices),
      lowerings: deterministic || cache === undefined ? undefined : { folder: cache, note },
    }),
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

/** Where the engines that are built on this machine lie. @param home the folder of runs */
export const enginesFolder = (home: string): string => join(home, "engines");

export function register(container: DependencyContainer): void {
  const engines = container.isRegistered(HOME) ? enginesFolder(container.resolve(HOME)) : undefined;
  const native = TFJS_NODE_NAMES.map((name) => tfjsNodeFactory(name, engines));
  for (const engine of [onnxFactory, ...native, cpuFactory]) container.register(ENGINE, { useValue: engine });
}
