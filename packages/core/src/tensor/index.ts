export * from "./ops/index.js";
export * from "./pack.js";
export * from "./tf.js";
