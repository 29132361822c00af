import type { SamplerFactory } from "../study/plugins.js";
import { cmaes } from "./cmaes/cmaes.js";
import { grid } from "./grid.js";
import { nsga2 } from "./nsga2/nsga2.js";
import { random } from "./random.js";
import { sobol } from "./sobol/sobol.js";
import { tpe } from "./tpe/tpe.js";

/** The samplers that come with the package. */
export const SAMPLERS: readonly SamplerFactory[] = [cmaes, grid, nsga2, random, sobol, tpe];
export { cmaes, grid, nsga2, random, sobol, tpe };
export { gridOf, type Grid } from "./grid.js";
export { SobolSequence } from "./sobol/sobol.js";
