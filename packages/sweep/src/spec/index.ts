export type { PlacedProblem } from "./document.js";
export { checkSpec, parseSpec, type CheckedSpec, type SpecContext } from "./parse.js";
export type { NamedSettings, SweepSpec } from "./spec.js";
