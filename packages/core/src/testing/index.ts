/** @file `@gan-arena/core/testing`: checks that every plugin should pass. They need no test framework: they throw. */
export { comparePrograms, expectPhaseMovesOnly, expectSamePrograms, type PhaseDifference } from "./phases.js";
export { openScene, type Scene, type SceneOptions } from "./scene.js";
