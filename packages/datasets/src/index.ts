/** @file Data sets as plugins: synthetic distributions in one and two dimensions, and handwritten digits. */
export { type Distribution, type FillBlock, openDistribution } from "./distribution.js";
export { type Gaussian1dConfig, gaussian1d } from "./gaussian-1d.js";
export { type GridConfig, grid } from "./grid.js";
export { type Mixture, openMixture } from "./mixture.js";
export { type MnistConfig, mnist } from "./mnist.js";
export { register } from "./register.js";
export { type RingConfig, ring } from "./ring.js";
export { type FiniteSet, shuffled } from "./shuffled.js";
export { type SwissRollConfig, swissRoll } from "./swiss-roll.js";
export { type Uniform1dConfig, uniform1d } from "./uniform-1d.js";
