/** @file What the client gives and takes. Times are milliseconds since 1970, ids are text. */

/** One point of a metric's history. Its identity on the server is all of its fields, so writing it twice is harmless. */
export interface Metric {
  readonly key: string;
  /** Infinities come back from the server as +-1.7976931348623157e308, NaN as NaN. */
  readonly value: number;
  readonly timestamp: number;
  /** LIMIT: steps beyond 2^53, which only other clients can write, lose their last digits. */
  readonly step: number;
  /** The logged model that was measured; MLflow 3. */
  readonly modelId?: string;
  readonly datasetName?: string;
  readonly datasetDigest?: string;
}

/** A metric to be written: the time defaults to now, the step to 0. */
export type MetricInput = Pick<Metric, "key" | "value"> & Partial<Omit<Metric, "key" | "value">>;

export interface Param {
  readonly key: string;
  readonly value: string;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Written as `String(value)`. */
export type Scalar = string | number | boolean | bigint;

/** By key, or as a list where the order matters. */
export type ParamsInput =
  Readonly<Record<string, Scalar>> | readonly { readonly key: string; readonly value: Scalar }[];
export type TagsInput = ParamsInput;

/** Metrics, params and tags of one run, of any number. */
export interface BatchInput {
  readonly metrics?: readonly MetricInput[];
  readonly params?: ParamsInput;
  readonly tags?: TagsInput;
}

export const RUN_STATUSES = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const VIEW_TYPES = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const;
/** Which of active and deleted experiments or runs to list. */
export type ViewType = (typeof VIEW_TYPES)[number];

export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: string;
  readonly creationTime: number | undefined;
  readonly lastUpdateTime: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RunInfo {
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly status: RunStatus;
  readonly startTime: number | undefined;
  readonly endTime: number | undefined;
  /** `mlflow-artifacts:/…` when the server keeps the artifacts itself. */
  readonly artifactUri: string;
  /** "active" or "deleted". */
  readonly lifecycleStage: string;
}

export interface Run {
  readonly info: RunInfo;
  /** The newest point of each metric: the one with the greatest step, then time, then value. */
  readonly metrics: readonly Metric[];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly DatasetInput[];
  /** Ids of the logged models that the run made; MLflow 3. */
  readonly modelOutputs: readonly { readonly modelId: string; readonly step: number }[];
}

/** A data set that a run has used. */
export interface Dataset {
  readonly name: string;
  /** At most 36 characters. */
  readonly digest: string;
  /** For example "local", "http", "code". */
  readonly sourceType: string;
  /** Text, by custom a JSON object. */
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
}

export interface DatasetInput {
  readonly dataset: Dataset;
  /** Shown in the UI, for example "training" or "eval". */
  readonly context?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ArtifactInfo {
  /** From the root of the run's or model's artifacts, with `/`. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Bytes; 0 for folders. */
  readonly size: number;
}

/** Whose artifacts: a run's or a logged model's. */
export type ArtifactOwner = { readonly runId: string } | { readonly modelId: string };

export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly nextPageToken: string | undefined;
}

/** Of every call, as its last argument. */
export interface CallOptions {
  /** Gives up as soon as it is aborted; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Retries after the first attempt, instead of the client's own number. */
  readonly retries?: number;
  /** For all attempts and the pauses between them, instead of the client's own. */
  readonly deadlineMs?: number;
}
