/** @file The public surface. Start with {@link MlflowClient}. */
export { MlflowClient } from "./client.js";
export type { Auth, ClientOptions } from "./options.js";
export { MlflowApiError, MlflowConnectionError, MlflowError, MlflowInputError, MlflowResponseError } from "./errors.js";
export * from "./types.js";
export { checkKey, LIMITS, toKey } from "./validate.js";
export {
  BATCH_LIMITS,
  BatchRequest,
  planBatch,
  type BatchLimits,
  type BatchPlan,
  type LongValue,
  type SplitOptions,
} from "./batch/splitter.js";
export { DEFAULT_RETRY, delayBefore, type Repeatability, type RetryPolicy } from "./http/retry.js";
export {
  NodeTransport,
  TransportError,
  type TlsOptions,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from "./http/transport.js";
export { collect } from "./api/paging.js";
export { quoted, type SearchOptions, type ViewOptions } from "./api/search.js";
export type { EnsureOptions, ExperimentsApi, NewExperiment } from "./api/experiments.js";
export type { LogBatchOptions, NewRun, RunsApi, RunSearch, RunUpdate, UniqueRun } from "./api/runs.js";
export type { HistoryOptions, MetricsApi, SampledHistory } from "./api/metrics.js";
export type { ArtifactsApi, UploadOptions } from "./api/artifacts.js";
export type { ArtifactSource } from "./api/artifact-source.js";
export { parseImagePath, type ImageInput, type ImagesApi, type LoggedImage } from "./api/images.js";
export type { NewRegisteredModel, RegisteredModel, RegisteredModelsApi } from "./api/registered-models.js";
export type { ModelVersion, ModelVersionsApi, NewModelVersion } from "./api/model-versions.js";
export type { LoggedModel, LoggedModelSearch, LoggedModelsApi, NewLoggedModel } from "./api/logged-models.js";
