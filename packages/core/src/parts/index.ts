export { applyParts, type AppliedParts, type PartName } from "./apply.js";
export { ADA_NUMBERS, adaptiveAugment, nextProbability, type AdaGroup, type AdaOptions } from "./ada.js";
export { AUGMENT_NUMBERS, diffAugment, type Augmentation } from "./augment.js";
export { instanceNoise, noiseLevel, type NoiseOptions } from "./instance-noise.js";
export { packed } from "./packing.js";
export {
  partsOf,
  withPartsSettings,
  type OptimizerSettings,
  type PartsSettings,
  type RegularizerSettings,
} from "./schema.js";
export { labelSmoothing, topK } from "./scores.js";
export { spectrally } from "./spectral.js";
