/** @file Versions of registered models. */
import type { Connection } from "../http/connection.js";
import type { CallOptions, Page, TagsInput } from "../types.js";
import { badInput } from "../errors.js";
import { checkKey, checkName, checkRunId, checkText } from "../validate.js";
import { pairsOf } from "../wire/encode.js";
import type { Fields } from "../wire/fields.js";
import { everyItem } from "./paging.js";
import { pageOf, searchBody, type SearchOptions } from "./search.js";

export interface ModelVersion {
  readonly name: string;
  /** A whole number from 1, as text. */
  readonly version: string;
  readonly creationTimestamp: number;
  readonly lastUpdatedTimestamp: number;
  readonly description: string;
  /** Where its files come from. */
  readonly source: string;
  readonly runId: string;
  /** "READY" when it can be used. */
  readonly status: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
}

export interface NewModelVersion {
  /** Of a registered model that exists. */
  readonly name: string;
  /** An artifact folder of a run, `runs:/<run id>/<path>` or its artifact URI, or a logged model, `models:/<model id>`. */
  readonly source: string;
  readonly runId?: string;
  /** A logged model; MLflow 3. */
  readonly modelId?: string;
  readonly description?: string;
  readonly tags?: TagsInput;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

export class ModelVersionsApi {
  constructor(private readonly connection: Connection) {}

  /** Every call makes a new version. */
  async create(version: NewModelVersion, options?: CallOptions): Promise<ModelVersion> {
    const body = {
      name: checkName("model name", version.name),
      source: checkName("model source", version.source, Number.POSITIVE_INFINITY),
      run_id: version.runId === undefined ? undefined : checkRunId(version.runId),
      model_id: version.modelId,
      description: version.description,
      tags: pairsOf("tag", version.tags),
    };
    const request = { method: "POST", path: "model-versions/create", body, repeatability: "unsafe" } as const;
    return modelVersionOf((await this.connection.call(request, options)).object("model_version"));
  }

  async get(name: string, version: string, options?: CallOptions): Promise<ModelVersion> {
    const answer = await this.#call("GET", "get", { name, version }, options);
    return modelVersionOf(answer.object("model_version"));
  }

  search(options: SearchOptions = {}): AsyncGenerator<ModelVersion, void, undefined> {
    return everyItem((token) => this.searchPage(options, token));
  }

  async searchPage(options: SearchOptions = {}, pageToken?: string): Promise<Page<ModelVersion>> {
    const query = searchBody(options, pageToken);
    const request = { method: "GET", path: "model-versions/search", query, repeatability: "safe" } as const;
    return pageOf(await this.connection.call(request, options), "model_versions", modelVersionOf);
  }

  /** The URI from which its files can be had. */
  async downloadUri(name: string, version: string, options?: CallOptions): Promise<string> {
    return (await this.#call("GET", "get-download-uri", { name, version }, options)).text("artifact_uri");
  }

  async describe(name: string, version: string, description: string, options?: CallOptions): Promise<void> {
    const body = { name, version, description: checkText("description", description) };
    await this.#call("PATCH", "update", body, options);
  }

  async delete(name: string, version: string, options?: CallOptions): Promise<void> {
    await this.#call("DELETE", "delete", { name, version }, options);
  }

  async setTag(
    name: string,
    version: string,
    tag: { readonly key: string; readonly value: string },
    options?: CallOptions,
  ): Promise<void> {
    const checked = { key: checkKey("tag key", tag.key), value: checkText(`tag ${tag.key}`, tag.value) };
    await this.#call("POST", "set-tag", { name, version, ...checked }, options);
  }

  async deleteTag(name: string, version: string, key: string, options?: CallOptions): Promise<void> {
    await this.#call("DELETE", "delete-tag", { name, version, key: checkKey("tag key", key) }, options);
  }

  #call(method: Method, action: string, fields: VersionFields, options?: CallOptions): Promise<Fields> {
    checkName("model name", fields.name);
    if (!/^[1-9]\d*$/u.test(fields.version))
      throw badInput("model version", "a whole number from 1", fields.version, "see search()");
    const sent = method === "GET" ? { query: fields } : { body: fields };
    return this.connection.call({ method, path: `model-versions/${action}`, ...sent, repeatability: "safe" }, options);
  }
}

type VersionFields = { readonly name: string; readonly version: string } & Readonly<Record<string, string>>;

export const modelVersionOf = (fields: Fields): ModelVersion => ({
  name: fields.text("name"),
  version: fields.text("version"),
  creationTimestamp: fields.numberOr("creation_timestamp", 0),
  lastUpdatedTimestamp: fields.numberOr("last_updated_timestamp", 0),
  description: fields.textOr("description", ""),
  source: fields.textOr("source", ""),
  runId: fields.textOr("run_id", ""),
  status: fields.textOr("status", "READY"),
  tags: fields.pairs("tags"),
  aliases: fields.texts("aliases"),
});
