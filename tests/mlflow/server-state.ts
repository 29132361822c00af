/** @file All that a server has of some experiments, read by the Python client, without what a server makes up itself. */
import { judge, type TestServer } from "./support.js";

export interface RunState {
  readonly name: string;
  readonly parent: string | null;
  readonly status: string;
  readonly times: readonly [number, number | null];
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** By key: step, time and the bits of the value. */
  readonly metrics: Readonly<Record<string, readonly (readonly [number, number, string])[]>>;
  readonly datasets: readonly string[];
  /** By path: sha256. */
  readonly files: Readonly<Record<string, string>>;
  readonly models: readonly unknown[];
}

/** By the uid of the run; a run that is there twice is an error. */
export type ServerState = Readonly<Record<string, RunState>>;

export const serverState = (server: Pick<TestServer, "python" | "url">, experiments: readonly string[]): ServerState =>
  judge(server, SCRIPT, experiments) as ServerState;

/** The experiment's name is free again afterwards: the next one who sends begins on a server that has nothing. */
export function moveAside(server: Pick<TestServer, "python" | "url">, experiments: readonly string[]): void {
  const script = `
import uuid
for name in given:
    found = client.get_experiment_by_name(name)
    if found: client.rename_experiment(found.experiment_id, f"{name} {uuid.uuid4()}")`;
  judge(server, script, experiments);
}

/** Ids that the server gives are replaced by what they stand for, also inside of files. */
const SCRIPT = `
import hashlib, os, tempfile
answer = {}
for experiment_name in given:
    experiment = client.get_experiment_by_name(experiment_name)
    runs = list(client.search_runs([experiment.experiment_id], max_results=5000))
    names = {run.info.run_id: "uid:" + run.data.tags["gan-arena.uid"] for run in runs}
    models = []
    if hasattr(client, "search_logged_models"):
        found = client.search_logged_models([experiment.experiment_id])
        models = [model for model in found if model.source_run_id in names]
        names.update({model.model_id: "model of " + names[model.source_run_id] for model in models})

    def plain(text):
        for known, name in names.items(): text = text.replace(known, name)
        return text.replace(f"/experiments/{experiment.experiment_id}/", "/experiments/ID/")

    def files_of(**whose):
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            try: mlflow.artifacts.download_artifacts(dst_path=folder, **whose)
            except Exception as error:
                if "No such artifact" not in str(error) and "no artifacts" not in str(error).lower(): raise
            for where, _, members in os.walk(folder):
                for member in members:
                    path = os.path.join(where, member)
                    data = open(path, "rb").read()
                    try: data = plain(data.decode()).encode()
                    except UnicodeDecodeError: pass
                    found[os.path.relpath(path, folder)] = hashlib.sha256(data).hexdigest()
        return found

    for run in runs:
        uid, info, data = run.data.tags["gan-arena.uid"], run.info, run.data
        assert uid not in answer, f"two runs of {uid}"
        answer[uid] = {
            "name": info.run_name,
            "parent": names[data.tags["mlflow.parentRunId"]] if "mlflow.parentRunId" in data.tags else None,
            "status": info.status,
            "times": [info.start_time, info.end_time],
            "params": data.params,
            "tags": {key: plain(value) for key, value in data.tags.items()},
            "metrics": {
                key: sorted([point.step, point.timestamp, bits(point.value)]
                            for point in client.get_metric_history(info.run_id, key))
                for key in data.metrics
            },
            "datasets": [f"{used.dataset.name} {used.dataset.digest}" for used in run.inputs.dataset_inputs],
            "files": files_of(artifact_uri=f"runs:/{info.run_id}/"),
            "models": [
                {"name": model.name, "status": str(model.status), "params": model.params,
                 "files": files_of(artifact_uri=model.artifact_location)}
                for model in models if model.source_run_id == info.run_id
            ],
        }`;
