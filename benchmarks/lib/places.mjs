/** @file Where the benchmarks keep what they download and build. */
import { fileURLToPath } from "node:url";

const inBenchmarks = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Not under version control. */
export const TFJS_NODE_HOME = inBenchmarks(".cache/tfjs-node");
export const VENV_HOME = inBenchmarks(".cache/venv");

export const WORKER = inBenchmarks("lib/arena-worker.mjs");
export const TORCH_PEER = inBenchmarks("peers/torch_peer.py");
export const TFJS_NODE_PEER = inBenchmarks("peers/tfjs-node-peer.mjs");
