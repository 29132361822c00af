export { dragan, gradientPenalty, type DraganOptions, type GradientPenaltyOptions } from "./gradient-penalty.js";
export { inputGradient, ROOT_EPSILON, squaredNorms, type Critic } from "./input-gradient.js";
export { lecam, type LecamInputs, type LecamResult } from "./lecam.js";
export { pathLength, type PathLengthInputs, type PathLengthResult } from "./path-length.js";
export { r1, r2, type ZeroCentredOptions } from "./r1-r2.js";
