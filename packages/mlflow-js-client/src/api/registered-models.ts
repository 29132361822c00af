/** @file Registered models: names under which versions of a model are kept. */
import type { Connection } from "../http/connection.js";
import type { CallOptions, Page, TagsInput } from "../types.js";
import { badInput } from "../errors.js";
import { checkKey, checkName, checkText } from "../validate.js";
import { pairsOf } from "../wire/encode.js";
import type { Fields } from "../wire/fields.js";
import { modelVersionOf, type ModelVersion } from "./model-versions.js";
import { everyItem } from "./paging.js";
import { pageOf, searchBody, type SearchOptions } from "./search.js";

export interface RegisteredModel {
  readonly name: string;
  readonly creationTimestamp: number;
  readonly lastUpdatedTimestamp: number;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Version by alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

export interface NewRegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly tags?: TagsInput;
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

export class RegisteredModelsApi {
  constructor(private readonly connection: Connection) {}

  /** @throws MlflowApiError RESOURCE_ALREADY_EXISTS */
  async create({ name, description, tags }: NewRegisteredModel, options?: CallOptions): Promise<RegisteredModel> {
    const body = { name: checkName("model name", name), description, tags: pairsOf("tag", tags) };
    const request = { method: "POST", path: "registered-models/create", body, repeatability: "unsafe" } as const;
    return registeredModelOf((await this.connection.call(request, options)).object("registered_model"));
  }

  async get(name: string, options?: CallOptions): Promise<RegisteredModel> {
    const query = { name: checkName("model name", name) };
    const request = { method: "GET", path: "registered-models/get", query, repeatability: "safe" } as const;
    return registeredModelOf((await this.connection.call(request, options)).object("registered_model"));
  }

  search(options: SearchOptions = {}): AsyncGenerator<RegisteredModel, void, undefined> {
    return everyItem((token) => this.searchPage(options, token));
  }

  async searchPage(options: SearchOptions = {}, pageToken?: string): Promise<Page<RegisteredModel>> {
    const query = searchBody({ pageSize: 100, ...options }, pageToken);
    const request = { method: "GET", path: "registered-models/search", query, repeatability: "safe" } as const;
    return pageOf(await this.connection.call(request, options), "registered_models", registeredModelOf);
  }

  /** The old name no longer exists afterwards, so a second try could not succeed. */
  async rename(name: string, newName: string, options?: CallOptions): Promise<void> {
    const body = { name: checkName("model name", name), new_name: checkName("model name", newName) };
    await this.connection.call(
      { method: "POST", path: "registered-models/rename", body, repeatability: "unsafe" },
      options,
    );
  }

  async describe(name: string, description: string, options?: CallOptions): Promise<void> {
    await this.#write("PATCH", "update", { name, description: checkText("description", description) }, options);
  }

  /** With all its versions. */
  async delete(name: string, options?: CallOptions): Promise<void> {
    await this.#write("DELETE", "delete", { name }, options);
  }

  async setTag(name: string, key: string, value: string, options?: CallOptions): Promise<void> {
    const tag = { key: checkKey("tag key", key), value: checkText(`tag ${key}`, value) };
    await this.#write("POST", "set-tag", { name, ...tag }, options);
  }

  async deleteTag(name: string, key: string, options?: CallOptions): Promise<void> {
    await this.#write("DELETE", "delete-tag", { name, key: checkKey("tag key", key) }, options);
  }

  /** Points a name such as "champion" to a version. */
  async setAlias(name: string, alias: string, version: string, options?: CallOptions): Promise<void> {
    await this.#write("POST", "alias", { name, alias: checkAlias(alias), version }, options);
  }

  async deleteAlias(name: string, alias: string, options?: CallOptions): Promise<void> {
    await this.#write("DELETE", "alias", { name, alias: checkAlias(alias) }, options);
  }

  async getByAlias(name: string, alias: string, options?: CallOptions): Promise<ModelVersion> {
    const query = { name: checkName("model name", name), alias: checkAlias(alias) };
    const request = { method: "GET", path: "registered-models/alias", query, repeatability: "safe" } as const;
    return modelVersionOf((await this.connection.call(request, options)).object("model_version"));
  }

  async #write(
    method: Method,
    action: string,
    body: { name: string } & Record<string, unknown>,
    options?: CallOptions,
  ) {
    checkName("model name", body.name);
    await this.connection.call({ method, path: `registered-models/${action}`, body, repeatability: "safe" }, options);
  }
}

function checkAlias(alias: string): string {
  if (!/^[\w-]{1,255}$/u.test(alias) || /^v\d+$/iu.test(alias) || alias.toLowerCase() === "latest")
    throw badInput("alias", "letters, digits, _ and -, not latest or v1", alias, "choose another one");
  return alias;
}

const registeredModelOf = (fields: Fields): RegisteredModel => ({
  name: fields.text("name"),
  creationTimestamp: fields.numberOr("creation_timestamp", 0),
  lastUpdatedTimestamp: fields.numberOr("last_updated_timestamp", 0),
  description: fields.textOr("description", ""),
  tags: fields.pairs("tags"),
  aliases: Object.fromEntries(fields.list("aliases").map((alias) => [alias.text("alias"), alias.text("version")])),
});
