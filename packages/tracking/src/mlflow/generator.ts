/** @file The exported generator: a logged model on MLflow 3, files of the run before. Both can be loaded by `mlflow.onnx`. */
import { collect, quoted, type LoggedModel } from "mlflow-js-client";
import type { Run } from "../run.js";
import type { Entry, Line } from "./entry.js";

export interface Generator {
  readonly run: Run;
  /** ONNX. */
  readonly file: string;
  /** Milliseconds since 1970 of the weights. */
  readonly time: number;
}

const NAME = "generator";

export async function sendGenerator(line: Line, entry: Entry, generator: Generator): Promise<void> {
  const { client, major } = line;
  const { file } = generator;
  if (major < 3) {
    const text = modelFile(entry, generator, undefined);
    await client.artifacts.upload(entry.owner, `${NAME}/model.onnx`, { file }, entry.options());
    await client.artifacts.upload(entry.owner, `${NAME}/MLmodel`, { text }, entry.options());
    return;
  }
  const { modelId } = await loggedModel(line, entry, generator.run);
  await client.artifacts.upload({ modelId }, "model.onnx", { file }, entry.options());
  const text = modelFile(entry, generator, modelId);
  await client.artifacts.upload({ modelId }, "MLmodel", { text }, entry.options());
  await client.loggedModels.finalize(modelId, "READY", entry.options());
  await client.runs.logOutputs(entry.runId, [{ modelId }], entry.options());
}

/** Looked for before it is made: the answer to an earlier attempt may have got lost. Of several the oldest is kept. */
async function loggedModel({ client }: Line, entry: Entry, { spec }: Run): Promise<LoggedModel> {
  const experimentId = entry.cursor.experiment.id;
  const filter = `source_run_id = ${quoted(entry.runId)}`;
  const find = async () => {
    const all = await collect(
      client.loggedModels.search({ experimentIds: [experimentId], filter, ...entry.options() }),
    );
    const own = all.filter(({ name }) => name === NAME);
    return own.sort((a, b) => a.creationTimestamp - b.creationTimestamp || (a.modelId < b.modelId ? -1 : 1));
  };
  const existing = await find();
  if (existing.length === 0) {
    const params = { variant: spec.variant, dataset: spec.dataset, seed: spec.seed };
    const tags = { "gan-arena.run": spec.runId };
    const model = { experimentId, name: NAME, modelType: NAME, sourceRunId: entry.runId, params, tags };
    const made = await client.loggedModels.create(model, entry.options());
    // Another home may have made one at the same time.
    const [oldest = made] = await find();
    if (oldest.modelId !== made.modelId) await client.loggedModels.delete(made.modelId, entry.options());
    return oldest;
  }
  const [kept, ...others] = existing;
  for (const { modelId } of others) await client.loggedModels.delete(modelId, entry.options());
  return kept;
}

/** What MLflow reads to know how a model is loaded. YAML of JSON's kind: every text quoted. */
function modelFile(entry: Entry, { run, time }: Generator, modelId: string | undefined): string {
  const facts = {
    artifact_path: NAME,
    flavors: {
      onnx: { data: "model.onnx", onnx_version: "1", providers: ["CPUExecutionProvider"], code: null },
      python_function: { loader_module: "mlflow.onnx", data: "model.onnx", python_version: "3.10" },
    },
    ...(modelId === undefined ? {} : { model_id: modelId }),
    run_id: entry.runId,
    utc_time_created: new Date(time).toISOString().replace("T", " ").replace("Z", ""),
    metadata: { variant: run.spec.variant, dataset: run.spec.dataset, run: run.id },
  };
  return `${JSON.stringify(facts, undefined, 2)}\n`;
}
