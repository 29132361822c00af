/** @file The peers: how each is started, and what it needs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TFJS_NODE_HOME, TFJS_NODE_PEER, TORCH_PEER, VENV_HOME } from "../lib/places.mjs";
import { runCommand } from "../lib/run-command.mjs";

const TORCH = "torch==2.15.0";

/** What a peer needs to know of a case. */
const caseArgument = ({ kind, batchSize, threads, networks, width, loss, nCritic, gpLambda, cycle }) =>
  JSON.stringify({ kind, batchSize, threads, networks, width, loss, nCritic, gpLambda, cycle });

const torch = (flags = [], plays = () => true) => ({
  plays,
  unavailable: ({ python }) =>
    existsSync(python)
      ? undefined
      : `there is no Python with PyTorch at ${python}; name one with --python, or have one made with --make-venv`,
  start: (played, { python }) => ({ command: python, args: [TORCH_PEER, caseArgument(played), ...flags] }),
});

const tfjsNode = {
  plays: ({ kind, networks }) => kind === "training" && ["points", "digits", "tutorial"].includes(networks),
  unavailable: () =>
    existsSync(join(TFJS_NODE_HOME, "tensorflow.json"))
      ? undefined
      : "it is not built; run node benchmarks/peers/build-tfjs-node.mjs first",
  start: (played) => ({
    command: process.execPath,
    args: [TFJS_NODE_PEER, caseArgument(played)],
    env: {
      TF_NUM_INTRAOP_THREADS: String(played.threads),
      TF_NUM_INTEROP_THREADS: "1",
      OMP_NUM_THREADS: String(played.threads),
      TF_CPP_MIN_LOG_LEVEL: "2",
    },
  }),
};

/** What is compiled cannot be differentiated twice, which penalties on slopes need. */
const firstOrder = ({ kind, loss, networks }) => kind === "sampling" || (loss !== "wganGp" && networks !== "stylegan");

/** By name. The plain name is what a user gets who sets nothing; the others turn on one thing. */
export const PEERS = {
  torch: torch(),
  "torch-channels-last": torch(["--channels-last"]),
  "torch-fused-adam": torch(["--adam", "fused"]),
  "torch-compile": torch(["--compile"], firstOrder),
  "tfjs-node": tfjsNode,
};

export const defaultPython = join(VENV_HOME, "bin", "python");

/** Makes a virtual environment with PyTorch in the cache. */
export async function makeVenv() {
  await runCommand("python3", ["-m", "venv", VENV_HOME]);
  await runCommand(defaultPython, ["-m", "pip", "install", TORCH, "numpy"]);
}
