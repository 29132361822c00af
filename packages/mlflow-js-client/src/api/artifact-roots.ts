/** @file Where the artifacts of a run or model are, on a server that keeps them itself. */
import { notProxied } from "../errors.js";
import type { Connection } from "../http/connection.js";
import type { ArtifactOwner, CallOptions } from "../types.js";
import { checkRunId } from "../validate.js";

/** So many are remembered: a run's place never changes. */
const REMEMBERED = 1000;
const PROXIED = /^mlflow-artifacts:(?:\/\/(?<host>[^/]*))?\/(?<path>.*)$/u;

export class ArtifactRoots {
  readonly #paths = new Map<string, string>();

  constructor(private readonly connection: Connection) {}

  /**
   * For example `1/<run id>/artifacts`, to be put behind `/api/2.0/mlflow-artifacts/artifacts/`.
   * @throws MlflowInputError when the server does not keep the artifacts
   */
  async pathOf(owner: ArtifactOwner, options: CallOptions | undefined): Promise<string> {
    const name = nameOf(owner);
    const known = this.#paths.get(name);
    if (known !== undefined) return known;
    const uri = await this.#uriOf(owner, options);
    const { host = "", path } = PROXIED.exec(uri)?.groups ?? {};
    // LIMIT: artifacts on another MLflow server than the tracking server (--artifacts-only) are not followed to it.
    if (path === undefined || !(host === "" || host === new URL(this.connection.baseUrl).host))
      throw notProxied(name, uri);
    if (this.#paths.size >= REMEMBERED) this.#paths.clear();
    this.#paths.set(name, path);
    return path;
  }

  async #uriOf(owner: ArtifactOwner, options: CallOptions | undefined): Promise<string> {
    const call = { method: "GET", repeatability: "safe" } as const;
    if ("modelId" in owner) {
      const path = `logged-models/${encodeURIComponent(owner.modelId)}`;
      return (await this.connection.call({ ...call, path }, options))
        .object("model")
        .object("info")
        .text("artifact_uri");
    }
    const query = { run_id: checkRunId(owner.runId) };
    const answer = await this.connection.call({ ...call, path: "runs/get", query }, options);
    return answer.object("run").object("info").text("artifact_uri");
  }
}

const nameOf = (owner: ArtifactOwner): string => ("modelId" in owner ? `model ${owner.modelId}` : `run ${owner.runId}`);
