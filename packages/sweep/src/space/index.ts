export { assemble, encodeParams, isActive } from "./arrange.js";
export { countOf, domainOf, encode, fromUnit, NORMAL_REACH, onGrid, stepsOf, valuesOf } from "./distribution.js";
export { nested } from "./nested.js";
export { readSpace, type SpaceInput } from "./input.js";
export { readBlocks, readParameters, type Block, type ReadOptions, type ReadSpace } from "./read.js";
export { DISTRIBUTIONS, type Definition, type Definitions, type Path, type Problem } from "./schema.js";
