export * from "./channel-sums.js";
export * from "./grouped-conv2d.js";
export * from "./lerp.js";
export * from "./log-softmax.js";
export * from "./sampling.js";
export * from "./spectrum.js";
export * from "./stop-gradient.js";
