/**
 * @file `@gan-arena/core/testing`: what every plugin should pass. The checks need no test framework: they throw messages that
 * teach. `testVariant`, `testDataset` and `testEngine` declare them as tests.
 */
export { declareTests, runChecks, type Check, type CheckResult, type Limit, type TestFramework } from "./check.js";
export { datasetChecks, testDataset, type DatasetCase, type TestDatasetOptions } from "./dataset.js";
export { engineChecks, testEngine, type EngineCase, type TestEngineOptions } from "./engine.js";
export { comparePrograms, expectPhaseMovesOnly, expectSamePrograms, type PhaseDifference } from "./phases.js";
export { openScene, type Scene, type SceneOptions } from "./scene.js";
export { smallConfig } from "./small.js";
export { noisePictures, ringPoints, type PictureOptions } from "./synthetic.js";
export { dataFor, testVariant, variantChecks, type TestVariantOptions, type VariantCase } from "./variant.js";
