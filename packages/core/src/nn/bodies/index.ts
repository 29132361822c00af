/** @file Bodies of networks that more than one variant is made of. */
export { dcganCritic, dcganGenerator, dcganPlan, type DcganOptions, type DcganPlan } from "./dcgan.js";
export { conditionalBatchNorm, projection, type LabelOptions } from "./labels.js";
export { perceptrons, type PerceptronOptions } from "./perceptrons.js";
export { smallConvolutions } from "./small-convolutions.js";
