export type { Constraint } from "../contracts/variant.js";
export { clipWeights } from "./clip-weights.js";
