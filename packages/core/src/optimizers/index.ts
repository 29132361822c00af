export { adam, type AdamOptions } from "./adam.js";
export { emaDecay, type EmaOptions } from "./ema.js";
export type { OptimizerSpec, OptimizerStep, Progress, Schedule } from "./optimizer.js";
export type { RateOptions } from "./options.js";
export { rmsprop, type RmspropOptions } from "./rmsprop.js";
export { constantRate, cosine, linearDecay, warmup, type DecayOptions, type WarmupOptions } from "./schedules.js";
export { momentum, sgd, type MomentumOptions } from "./sgd.js";
