/** @file Metrics as plugins, and statistics over seeds. */
export { highQuality } from "./high-quality.js";
export { modes } from "./modes.js";
export { pairError } from "./pair-error.js";
export { register } from "./register.js";
export { reverseKl } from "./reverse-kl.js";
export type { Vectors } from "./samples.js";
export { directions, slicedWasserstein } from "./sliced-wasserstein.js";
export * from "./statistics/index.js";
export { swdPatches } from "./swd-patches.js";
export { swdPixels } from "./swd-pixels.js";
export { swdPoints } from "./swd-points.js";
