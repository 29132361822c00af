/** @file Data sets as plugins: synthetic distributions in one and two dimensions, handwritten digits, emoji, and pairs of domains. */
export { type DigitsInvertedConfig, digitsInverted } from "./digits-inverted.js";
export { type Distribution, type FillBlock, openDistribution } from "./distribution.js";
export { emoji, type EmojiConfig } from "./emoji.js";
export { type Gaussian1dConfig, gaussian1d } from "./gaussian-1d.js";
export { type GridConfig, grid } from "./grid.js";
export { type Mixture, openMixture } from "./mixture.js";
export { type MnistConfig, mnist } from "./mnist.js";
export { notoTwemoji, type NotoTwemojiConfig } from "./noto-twemoji.js";
export { register } from "./register.js";
export { type RingConfig, ring } from "./ring.js";
export { type FiniteSet, shuffled } from "./shuffled.js";
export { type SwissRollConfig, swissRoll } from "./swiss-roll.js";
export { type Domain, paired, type TwoDomains, unpaired } from "./two-domains.js";
export { type Uniform1dConfig, uniform1d } from "./uniform-1d.js";
