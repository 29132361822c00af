/** @file The public surface of core, for variants, engines and the command line. Loads TensorFlow.js. */
export * from "./base.js";
export * from "./arena/index.js";
export * from "./constraints/index.js";
export * from "./game/index.js";
export * from "./losses/index.js";
export * from "./nn/index.js";
export * from "./optimizers/index.js";
export * from "./parts/index.js";
export * from "./penalties/index.js";
export * from "./tensor/index.js";
