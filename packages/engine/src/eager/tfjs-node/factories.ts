/** @file The engines `tfjs-node-gpu` and `tfjs-node`: op by op on native TensorFlow, where it is installed. */
import type { EngineFactory } from "@gan-arena/core/base";
import { tensorflowMissing, wrongNode } from "../../errors.js";
import { threadCount } from "../../threads.js";
import { EagerEngine } from "../eager-engine.js";
import { FIRST_BROKEN_NODE, findInstallation, TFJS_NODE_VERSION, type TfjsNodeName } from "./installation.js";
import { loadTensorflow, TENSORFLOW } from "./load.js";

const SUMMARIES: Readonly<Record<TfjsNodeName, string>> = {
  "tfjs-node-gpu": "runs op by op on native TensorFlow, on a GPU of NVIDIA where there is one",
  "tfjs-node": "runs op by op on native TensorFlow on the CPU",
};

const RANKS: Readonly<Record<TfjsNodeName, number>> = { "tfjs-node-gpu": 60, "tfjs-node": 50 };

/** @param engines the folder where `gan-arena engine build` puts its results; undefined looks only for installed packages */
export const tfjsNodeFactory = (name: TfjsNodeName, engines: string | undefined): EngineFactory => ({
  name,
  summary: SUMMARIES[name],
  rank: RANKS[name],
  unavailable: () => Promise.resolve(whyNot(name, engines)?.message),
  // A promise also for what is thrown.
  create: async (options) => {
    const reason = whyNot(name, engines);
    const installation = findInstallation(name, engines);
    if (reason || !installation) throw reason ?? tensorflowMissing(name);
    const { threads, tensorflow, device } = loadTensorflow(name, installation, threadCount(options));
    return new EagerEngine(name, TENSORFLOW, {
      engine: name,
      versions: { [`@tensorflow/${name}`]: TFJS_NODE_VERSION, tensorflow },
      threads,
      choices: { device },
    });
  },
});

function whyNot(name: TfjsNodeName, engines: string | undefined): Error | undefined {
  if (Number.parseInt(process.versions.node, 10) >= FIRST_BROKEN_NODE) return wrongNode(name);
  return findInstallation(name, engines) ? undefined : tensorflowMissing(name);
}
