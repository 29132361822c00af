export * from "./lerp.js";
export * from "./log-softmax.js";
export * from "./stop-gradient.js";
