/** @file From the server's JSON to the entities of this package. */
import type { ArtifactInfo, DatasetInput, Experiment, Metric, Run, RunInfo, RunStatus } from "../types.js";
import type { Fields } from "./fields.js";

/** The field of that name, or nothing at all: absent fields do not exist, rather than being undefined. */
const optional = <K extends string>(name: K, value: string): { readonly [P in K]?: string } =>
  (value === "" ? {} : { [name]: value }) as { readonly [P in K]?: string };

export const metricOf = (fields: Fields): Metric => ({
  key: fields.text("key"),
  value: fields.number("value"),
  timestamp: fields.numberOr("timestamp", 0),
  step: fields.numberOr("step", 0),
  ...optional("modelId", fields.textOr("model_id", "")),
  ...optional("datasetName", fields.textOr("dataset_name", "")),
  ...optional("datasetDigest", fields.textOr("dataset_digest", "")),
});

export const experimentOf = (fields: Fields): Experiment => ({
  experimentId: fields.text("experiment_id"),
  name: fields.text("name"),
  artifactLocation: fields.textOr("artifact_location", ""),
  lifecycleStage: fields.textOr("lifecycle_stage", "active"),
  creationTime: fields.numberOr("creation_time", undefined),
  lastUpdateTime: fields.numberOr("last_update_time", undefined),
  tags: fields.pairs("tags"),
});

export const runInfoOf = (fields: Fields): RunInfo => ({
  runId: fields.text("run_id"),
  runName: fields.textOr("run_name", ""),
  experimentId: fields.text("experiment_id"),
  userId: fields.textOr("user_id", ""),
  status: fields.textOr("status", "RUNNING") as RunStatus,
  startTime: fields.numberOr("start_time", undefined),
  endTime: fields.numberOr("end_time", undefined),
  artifactUri: fields.textOr("artifact_uri", ""),
  lifecycleStage: fields.textOr("lifecycle_stage", "active"),
});

export function runOf(fields: Fields): Run {
  const data = fields.objectOr("data", undefined);
  const inputs = fields.objectOr("inputs", undefined);
  const outputs = fields.objectOr("outputs", undefined);
  return {
    info: runInfoOf(fields.object("info")),
    metrics: (data?.list("metrics") ?? []).map(metricOf),
    params: data?.pairs("params") ?? {},
    tags: data?.pairs("tags") ?? {},
    datasets: (inputs?.list("dataset_inputs") ?? []).map(datasetInputOf),
    modelOutputs: (outputs?.list("model_outputs") ?? []).map((output) => ({
      modelId: output.text("model_id"),
      step: output.numberOr("step", 0),
    })),
  };
}

/** The tag under which MLflow's UI looks for what a data set was used for. */
export const DATASET_CONTEXT = "mlflow.data.context";

function datasetInputOf(fields: Fields): DatasetInput {
  const dataset = fields.object("dataset");
  const { [DATASET_CONTEXT]: context = "", ...tags } = fields.pairs("tags");
  return {
    dataset: {
      name: dataset.text("name"),
      digest: dataset.text("digest"),
      sourceType: dataset.textOr("source_type", ""),
      source: dataset.textOr("source", ""),
      ...optional("schema", dataset.textOr("schema", "")),
      ...optional("profile", dataset.textOr("profile", "")),
    },
    ...optional("context", context),
    tags,
  };
}

export const artifactOf = (fields: Fields): ArtifactInfo => ({
  path: fields.text("path"),
  isFolder: fields.flag("is_dir"),
  // Of an empty file the server leaves the size out.
  size: fields.numberOr("file_size", 0),
});
