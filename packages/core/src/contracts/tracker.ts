/** @file Trackers follow a run: the embedded store, later MLflow. */
import type { EngineInfo } from "./engine.js";
import type { RunEvent, RunStatus } from "./events.js";

/** Everything that is needed to play a run again. Written once, as `run.json`. */
export interface RunSpec {
  readonly formatVersion: 1;
  readonly runId: string;
  readonly variant: string;
  /** The variant's whole config, defaults filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly dataset: string;
  readonly datasetConfig: Readonly<Record<string, unknown>>;
  readonly dataFingerprint: string;
  readonly seed: number;
  readonly options: RunOptions;
  readonly metrics: readonly string[];
  readonly engine: EngineInfo;
  /** Plugins by specifier, as the user gave them. */
  readonly plugins: readonly string[];
  /** Set when the run is a cell of a comparison. */
  readonly comparison?: string;
  readonly createdAt: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly gitCommit?: string;
}

/** What the arena, not the variant, decides. */
export interface RunOptions {
  readonly kimg: number;
  readonly batchSize: number;
  /** Between two `terms` events. */
  readonly logKimg: number;
  readonly checkpointKimg: number;
  readonly pictureKimg: number;
  /** Between two evaluations of the metrics; they are always computed at the end. */
  readonly metricKimg: number;
}

/** A picture `[H,W,C]`, C 1 or 3, 0 to 255. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

export interface Tracker {
  start(run: RunSpec): Promise<void>;
  log(events: readonly RunEvent[]): Promise<void>;
  /** Stores the picture and returns the file's name inside the run. */
  image(name: string, kimg: number, picture: Picture): Promise<string>;
  /** Stores any file and returns its name inside the run. */
  artifact(name: string, bytes: Uint8Array): Promise<string>;
  finish(status: RunStatus): Promise<void>;
}
