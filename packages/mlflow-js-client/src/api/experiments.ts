/** @file Experiments: named groups of runs. */
import { deletedExperiment, MlflowApiError } from "../errors.js";
import type { Connection } from "../http/connection.js";
import type { CallOptions, Experiment, Page, TagsInput } from "../types.js";
import { checkExperimentId, checkKey, checkName, checkText, LIMITS } from "../validate.js";
import { experimentOf } from "../wire/decode.js";
import { pairsOf, scalarText } from "../wire/encode.js";
import { everyItem } from "./paging.js";
import { pageOf, viewBody, type ViewOptions } from "./search.js";

export interface NewExperiment {
  /** At most 500 characters; also a deleted experiment holds its name. */
  readonly name: string;
  /** Default: where the server keeps artifacts. */
  readonly artifactLocation?: string;
  readonly tags?: TagsInput;
}

export interface EnsureOptions extends CallOptions {
  /** Brings a deleted experiment of that name back instead of failing. */
  readonly restoreDeleted?: boolean;
}

export class ExperimentsApi {
  constructor(private readonly connection: Connection) {}

  /** @returns the new experiment's id @throws MlflowApiError RESOURCE_ALREADY_EXISTS, for deleted ones too */
  async create({ name, artifactLocation, tags }: NewExperiment, options?: CallOptions): Promise<string> {
    const body = {
      name: checkName("experiment name", name),
      artifact_location: artifactLocation,
      tags: pairsOf("tag", tags),
    };
    const answer = await this.connection.call(
      { method: "POST", path: "experiments/create", body, repeatability: "unsafe" },
      options,
    );
    return answer.text("experiment_id");
  }

  /**
   * The experiment of that name, made when there is none. Any number of processes may call it at once: the server keeps
   * names unique, and whoever comes second gets the first one's experiment.
   * @throws MlflowInputError when it is deleted and `restoreDeleted` is not set
   */
  async ensure(
    experiment: NewExperiment,
    { restoreDeleted = false, ...options }: EnsureOptions = {},
  ): Promise<Experiment> {
    const found = await this.getByName(experiment.name, options);
    if (found === undefined) {
      try {
        return await this.get(await this.create(experiment, options), options);
      } catch (error) {
        // Somebody was faster, or an answer got lost after the server had made it.
        const exists = error instanceof MlflowApiError && error.errorCode === "RESOURCE_ALREADY_EXISTS";
        const second = exists || isAmbiguous(error) ? await this.getByName(experiment.name, options) : undefined;
        if (second === undefined) throw error;
        return second;
      }
    }
    if (found.lifecycleStage !== "deleted") return found;
    if (!restoreDeleted) throw deletedExperiment(experiment.name);
    await this.restore(found.experimentId, options);
    return this.get(found.experimentId, options);
  }

  async get(experimentId: string, options?: CallOptions): Promise<Experiment> {
    const query = { experiment_id: checkExperimentId(experimentId) };
    return this.#read({ path: "experiments/get", query }, options);
  }

  /** Undefined when there is none; a deleted one is returned, see `lifecycleStage`. */
  async getByName(name: string, options?: CallOptions): Promise<Experiment | undefined> {
    const query = { experiment_name: checkName("experiment name", name) };
    try {
      return await this.#read({ path: "experiments/get-by-name", query }, options);
    } catch (error) {
      if (error instanceof MlflowApiError && error.errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
      throw error;
    }
  }

  /** Experiments that match, page after page. */
  search(options: ViewOptions = {}): AsyncGenerator<Experiment, void, undefined> {
    return everyItem((token) => this.searchPage(options, token));
  }

  async searchPage(options: ViewOptions = {}, pageToken?: string): Promise<Page<Experiment>> {
    const body = viewBody(options, pageToken, "view_type");
    const request = { method: "POST", path: "experiments/search", body, repeatability: "safe" } as const;
    return pageOf(await this.connection.call(request, options), "experiments", experimentOf);
  }

  async rename(experimentId: string, name: string, options?: CallOptions): Promise<void> {
    await this.#write("update", { experiment_id: experimentId, new_name: checkName("experiment name", name) }, options);
  }

  async setTag(experimentId: string, key: string, value: string, options?: CallOptions): Promise<void> {
    checkText(`tag ${key}`, value, LIMITS.experimentTagLength);
    const body = { experiment_id: experimentId, key: checkKey("tag key", key), value: scalarText(`tag ${key}`, value) };
    await this.#write("set-experiment-tag", body, options);
  }

  /** Its runs can no longer be written; {@link restore} undoes it. */
  async delete(experimentId: string, options?: CallOptions): Promise<void> {
    await this.#write("delete", { experiment_id: experimentId }, options);
  }

  async restore(experimentId: string, options?: CallOptions): Promise<void> {
    await this.#write("restore", { experiment_id: experimentId }, options);
  }

  async #read(request: { path: string; query: Record<string, string> }, options: CallOptions | undefined) {
    const answer = await this.connection.call({ method: "GET", repeatability: "safe", ...request }, options);
    return experimentOf(answer.object("experiment"));
  }

  async #write(action: string, body: { experiment_id: string } & Record<string, unknown>, options?: CallOptions) {
    checkExperimentId(body.experiment_id);
    const path = `experiments/${action}`;
    await this.connection.call({ method: "POST", path, body, repeatability: "safe" }, options);
  }
}

const isAmbiguous = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "ambiguous" in error && error.ambiguous === true;
