export { ComparisonStore, type Comparison, type ComparisonCell, type ComparisonSpec } from "./comparisons.js";
export { curvesOf, type Curve } from "./curves.js";
export {
  foldEvents,
  latestEvents,
  readEvents,
  readTail,
  type CheckpointEvent,
  type MetricEvent,
  type PictureEvent,
  type RunSummary,
} from "./events.js";
export type { FileSystem, WritableFile } from "./file-system.js";
export { newComparisonId, newRunId, newSweepId, type IdOptions } from "./ids.js";
export { SUMMARY_FILE, type Summary } from "./mlflow/summary.js";
export { RunStore, type DamagedRun, type RunListing, type StoreOptions } from "./run-store.js";
export { RunTracker } from "./run-tracker.js";
export { Run } from "./run.js";
export { register, storeTracker } from "./register.js";
export { SweepStore, type StoredSweep, type SweepRecord } from "./sweeps.js";
