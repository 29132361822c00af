/** @file The client: one server, one object per kind of thing that it keeps. */
import { ArtifactsApi } from "./api/artifacts.js";
import { ExperimentsApi } from "./api/experiments.js";
import { ImagesApi } from "./api/images.js";
import { LoggedModelsApi } from "./api/logged-models.js";
import { MetricsApi } from "./api/metrics.js";
import { ModelVersionsApi } from "./api/model-versions.js";
import { RegisteredModelsApi } from "./api/registered-models.js";
import { RunsApi } from "./api/runs.js";
import { Connection } from "./http/connection.js";
import { NodeTransport, type TransportResponse } from "./http/transport.js";
import { resolveOptions, type ClientOptions } from "./options.js";
import type { CallOptions } from "./types.js";

/**
 * A client of one MLflow tracking server. It keeps connections open between calls: {@link close} it in the end.
 * @example
 * const client = new MlflowClient({ trackingUri: "http://127.0.0.1:5000" });
 * const { experimentId } = await client.experiments.ensure({ name: "digits" });
 * const { info } = await client.runs.create({ experimentId, name: "first" });
 * await client.runs.logBatch(info.runId, { params: { lr: 2e-4 }, metrics: [{ key: "fid", value: 41.2, step: 1000 }] });
 * await client.runs.finish(info.runId);
 */
export class MlflowClient {
  readonly experiments: ExperimentsApi;
  readonly runs: RunsApi;
  readonly metrics: MetricsApi;
  readonly artifacts: ArtifactsApi;
  readonly images: ImagesApi;
  readonly registeredModels: RegisteredModelsApi;
  readonly modelVersions: ModelVersionsApi;
  /** MLflow 3. */
  readonly loggedModels: LoggedModelsApi;
  readonly #connection: Connection;

  /** @throws MlflowInputError when there is no address or an option is wrong; nothing is sent */
  constructor(options: ClientOptions = {}) {
    const resolved = resolveOptions(options);
    const connection = new Connection(resolved, options.transport ?? new NodeTransport(resolved.tls));
    this.#connection = connection;
    this.experiments = new ExperimentsApi(connection);
    this.metrics = new MetricsApi(connection);
    this.artifacts = new ArtifactsApi(connection);
    this.runs = new RunsApi(connection, async (runId, { path, value, placeholder }, call) => {
      await this.artifacts.upload({ runId }, path, { text: value }, call);
      return placeholder;
    });
    this.images = new ImagesApi(this.artifacts, this.runs);
    this.registeredModels = new RegisteredModelsApi(connection);
    this.modelVersions = new ModelVersionsApi(connection);
    this.loggedModels = new LoggedModelsApi(connection);
  }

  /** The server's address, without credentials. */
  get trackingUri(): string {
    return this.#connection.baseUrl;
  }

  /** The server's version, for example "3.17.2"; also the way to see whether it is there. It asks for no credentials. */
  async serverVersion(options?: CallOptions): Promise<string> {
    const request = { method: "GET", path: "/version", repeatability: "safe", where: "version" } as const;
    return (await this.#connection.exchange(request, bodyText, options)).trim();
  }

  /** Closes the connections that are kept open. Calls that are under way end with an error. */
  close(): void {
    this.#connection.close();
  }
}

async function bodyText({ body }: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
