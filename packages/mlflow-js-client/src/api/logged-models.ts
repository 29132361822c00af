/** @file Logged models of MLflow 3: a model with its own params, metrics, tags and files, made by a run. */
import type { Connection } from "../http/connection.js";
import type { CallOptions, Metric, Page, ParamsInput, TagsInput } from "../types.js";
import {
  checkExperimentId,
  checkKey,
  checkName,
  checkOneOf,
  checkPageSize,
  checkRunId,
  checkText,
} from "../validate.js";
import { metricOf } from "../wire/decode.js";
import { pairsOf } from "../wire/encode.js";
import type { Fields } from "../wire/fields.js";
import { everyItem } from "./paging.js";
import { pageOf } from "./search.js";

const STATUSES = ["READY", "UPLOAD_FAILED"] as const;

export interface LoggedModel {
  readonly modelId: string;
  readonly experimentId: string;
  readonly name: string;
  readonly modelType: string;
  readonly sourceRunId: string;
  /** PENDING until {@link LoggedModelsApi.finalize}. */
  readonly status: "PENDING" | (typeof STATUSES)[number];
  readonly artifactUri: string;
  readonly creationTimestamp: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: readonly Metric[];
}

export interface NewLoggedModel {
  readonly experimentId: string;
  readonly name?: string;
  /** For example "generator". */
  readonly modelType?: string;
  readonly sourceRunId?: string;
  readonly params?: ParamsInput;
  readonly tags?: TagsInput;
}

export interface LoggedModelSearch extends CallOptions {
  readonly experimentIds: readonly string[];
  readonly filter?: string;
  /** At most 50 are given per request. */
  readonly pageSize?: number;
}

export class LoggedModelsApi {
  constructor(private readonly connection: Connection) {}

  /** Make it, upload its files with `client.artifacts.upload({ modelId }, …)`, then {@link finalize} it. */
  async create(model: NewLoggedModel, options?: CallOptions): Promise<LoggedModel> {
    const body = {
      experiment_id: checkExperimentId(model.experimentId),
      name: model.name === undefined ? undefined : checkName("model name", model.name),
      model_type: model.modelType,
      source_run_id: model.sourceRunId === undefined ? undefined : checkRunId(model.sourceRunId),
      params: pairsOf("param", model.params),
      tags: pairsOf("tag", model.tags),
    };
    const request = { method: "POST", path: "logged-models", body, repeatability: "unsafe" } as const;
    return loggedModelOf((await this.connection.call(request, options)).object("model"));
  }

  async get(modelId: string, options?: CallOptions): Promise<LoggedModel> {
    const answer = await this.#call("GET", modelId, {}, options);
    return loggedModelOf(answer.object("model"));
  }

  /** Says that all files are there, or that they will not come. */
  async finalize(
    modelId: string,
    status: (typeof STATUSES)[number] = "READY",
    options?: CallOptions,
  ): Promise<LoggedModel> {
    const body = { model_id: modelId, status: `LOGGED_MODEL_${checkOneOf("model status", STATUSES, status)}` };
    return loggedModelOf((await this.#call("PATCH", modelId, { body }, options)).object("model"));
  }

  search(options: LoggedModelSearch): AsyncGenerator<LoggedModel, void, undefined> {
    return everyItem((token) => this.searchPage(options, token));
  }

  async searchPage(search: LoggedModelSearch, pageToken?: string): Promise<Page<LoggedModel>> {
    const { experimentIds, filter, pageSize = 50 } = search;
    const body = {
      experiment_ids: experimentIds.map(checkExperimentId),
      filter,
      max_results: checkPageSize(pageSize),
      page_token: pageToken,
    };
    const request = { method: "POST", path: "logged-models/search", body, repeatability: "safe" } as const;
    return pageOf(await this.connection.call(request, search), "models", loggedModelOf);
  }

  async setTags(modelId: string, tags: TagsInput, options?: CallOptions): Promise<void> {
    await this.#call(
      "PATCH",
      modelId,
      { action: "/tags", body: { model_id: modelId, tags: pairsOf("tag", tags) } },
      options,
    );
  }

  async deleteTag(modelId: string, key: string, options?: CallOptions): Promise<void> {
    await this.#call("DELETE", modelId, { action: `/tags/${encodeURIComponent(checkKey("tag key", key))}` }, options);
  }

  async delete(modelId: string, options?: CallOptions): Promise<void> {
    await this.#call("DELETE", modelId, {}, options);
  }

  #call(
    method: "GET" | "PATCH" | "DELETE",
    modelId: string,
    { action = "", body }: { readonly action?: string; readonly body?: Readonly<Record<string, unknown>> },
    options: CallOptions | undefined,
  ): Promise<Fields> {
    const path = `logged-models/${encodeURIComponent(checkText("model id", modelId))}${action}`;
    return this.connection.call(
      { method, path, ...(body === undefined ? {} : { body }), repeatability: "safe" },
      options,
    );
  }
}

function loggedModelOf(fields: Fields): LoggedModel {
  const info = fields.object("info");
  const data = fields.objectOr("data", undefined);
  return {
    modelId: info.text("model_id"),
    experimentId: info.text("experiment_id"),
    name: info.textOr("name", ""),
    modelType: info.textOr("model_type", ""),
    sourceRunId: info.textOr("source_run_id", ""),
    status: statusOf(info),
    artifactUri: info.textOr("artifact_uri", ""),
    creationTimestamp: info.numberOr("creation_timestamp_ms", 0),
    tags: info.pairs("tags"),
    params: data?.pairs("params") ?? {},
    metrics: (data?.list("metrics") ?? []).map(metricOf),
  };
}

function statusOf(info: Fields): LoggedModel["status"] {
  // The server gives the name of the constant or its number.
  const text = info.has("status") ? String(info.raw("status")) : "1";
  if (/READY|^2$/u.test(text)) return "READY";
  return /FAILED|^3$/u.test(text) ? "UPLOAD_FAILED" : "PENDING";
}
