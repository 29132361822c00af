export type {
  LiveProgress,
  Objective,
  RunnerObserver,
  RunPlan,
  RunRequest,
  Suggester,
  TrialParams,
} from "./contract.js";
export { TrialPlayer } from "./play-trial.js";
export type { TrialSurroundings } from "./surroundings.js";
export { replay, runSweep, type SweepRequest, type SweepStop } from "./run-sweep.js";
export { trialSeed } from "./seeds.js";
export { studySuggester } from "./study.js";
