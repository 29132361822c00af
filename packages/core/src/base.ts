/**
 * @file The part of core that does not load TensorFlow.js: contracts, errors, injection, random numbers, checkpoints.
 * Stores, reports, sweeps and the command line's quick commands import from here.
 */
export * from "./contracts/dataset.js";
export * from "./contracts/engine.js";
export * from "./contracts/events.js";
export * from "./contracts/metric.js";
export * from "./contracts/tensors.js";
export * from "./contracts/tracker.js";
export * from "./contracts/variant.js";
export * from "./di.js";
export * from "./errors.js";
export * from "./random/index.js";
export type { Arena, ArenaRequest, CheckpointStore, TrainProgress, TrainRequest, TrainResult } from "./arena/types.js";
export * from "./checkpoint/index.js";
