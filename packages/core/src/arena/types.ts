/** @file What the arena is given and what it gives back. */
import type { OpenDataset } from "../contracts/dataset.js";
import type { Engine, State } from "../contracts/engine.js";
import type { RunEvent, RunStatus } from "../contracts/events.js";
import type { Metric, MetricResult } from "../contracts/metric.js";
import type { HostTensor } from "../contracts/tensors.js";
import type { RunSpec, Tracker } from "../contracts/tracker.js";
import type { AnyVariant } from "../di.js";
import type { Game } from "./game.js";

/** Where checkpoints of a run are kept; the run store implements it. */
export interface CheckpointStore {
  /** Writes to a temporary name, fsyncs and renames; keeps the newest two. Returns the file's name inside the run. */
  save(round: number, bytes: Uint8Array): Promise<string>;
  /** Newest first. */
  list(): Promise<readonly { readonly file: string; readonly round: number }[]>;
  load(file: string): Promise<Uint8Array>;
}

export interface ArenaRequest {
  readonly run: RunSpec;
  readonly variant: AnyVariant;
  readonly data: OpenDataset;
  readonly engine: Engine;
}

export interface TrainRequest {
  readonly metrics: readonly Metric[];
  readonly trackers: readonly Tracker[];
  readonly checkpoints: CheckpointStore;
  /** Aborting stops after the current round; a checkpoint is written first. */
  readonly signal?: AbortSignal;
  /** Called after each logged event, for bars and tables. */
  onEvent?(event: RunEvent): void;
  /** Called often (at most ten times a second), for bars. */
  onProgress?(progress: TrainProgress): void;
}

export interface TrainProgress {
  readonly round: number;
  readonly kimg: number;
  readonly totalKimg: number;
  readonly seconds: number;
  readonly kimgPerSecond: number;
  /** Latest terms by name. */
  readonly terms: Readonly<Record<string, number>>;
}

export interface TrainResult {
  readonly status: RunStatus;
  readonly round: number;
  readonly kimg: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
  readonly metrics: Readonly<Record<string, MetricResult>>;
  /** sha256 over all parameters and states in their logical layout, in order of name. */
  readonly weightsSha256: string;
}

/** The trainer: plays the phases of one variant on one data set. Made by `openArena`. */
export interface Arena {
  /** What is played: layouts, phases, views. With {@link Arena.state} it is what an exporter needs. */
  readonly game: Game;
  readonly state: State;
  /** Parameter counts and parts by network, for listings. */
  describe(): readonly { readonly network: string; readonly parameters: number; readonly states: number }[];
  /**
   * Plays rounds until the budget is used up. After {@link Arena.restore} it goes on from there.
   * @throws GanError BAD_CHECKPOINT when the run differs from the one that wrote the checkpoint in anything that changes bits
   * @throws GanError NOT_FINITE when a term is NaN or infinite, after the status was logged
   */
  train(request: TrainRequest): Promise<TrainResult>;
  /**
   * Loads a checkpoint. Variant and config must be the run's; engine, data and seed need not be for rendering.
   * @throws GanError BAD_CHECKPOINT
   */
  restore(bytes: Uint8Array, file: string): Promise<void>;
  /** The whole state as a safetensors file. */
  checkpoint(): Promise<Uint8Array>;
  /**
   * Draws a view (default: the first) `n` times, from stream `view/<name>/<counter>` of the seed (default: the run's).
   * @param options.truncate normal noise stays within +-truncate
   * @returns `[n,…]`, or `[n * k,…]` for a view that returns k samples for each draw
   */
  render(options: { readonly view?: string; readonly n: number; readonly counter?: number; readonly seed?: number; readonly truncate?: number }): Promise<HostTensor>;
  dispose(): Promise<void>;
}
