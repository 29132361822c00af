export { openArena } from "./arena.js";
export { readoptCheckpoint } from "./checkpoint.js";
export { differentiate, type Differentiated, type Objective } from "./differentiate.js";
export { averageEntry, memoryEntry, paramsEntry, slotEntry, statesEntry } from "./entries.js";
export { openGame, VIEW_BATCH, type Game, type GameOptions, type PhasePlan, type TermGroup, type ViewPlan } from "./game.js";
export { histogram, imageGrid, pictureOf, scatterPlot } from "./pictures/index.js";
export { emitOutput, gradientOutput, phaseProgram, SCALARS } from "./step.js";
export { SAMPLES, viewProgram } from "./view-program.js";
export { initialState, weightsSha256 } from "./weights.js";
