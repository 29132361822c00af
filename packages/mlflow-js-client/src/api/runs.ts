/** @file Runs: made, written, found, ended. */
import { MlflowError } from "../errors.js";
import type { Connection } from "../http/connection.js";
import { planBatch, type BatchRequest, type LongValue } from "../batch/splitter.js";
import {
  RUN_STATUSES,
  type BatchInput,
  type CallOptions,
  type DatasetInput,
  type MetricInput,
  type Page,
  type Run,
  type RunInfo,
  type RunStatus,
  type Scalar,
  type TagsInput,
} from "../types.js";
import {
  checkExperimentId,
  checkKey,
  checkName,
  checkOneOf,
  checkRunId,
  checkStep,
  checkText,
  checkTimestamp,
  LIMITS,
} from "../validate.js";
import { DATASET_CONTEXT, runInfoOf, runOf } from "../wire/decode.js";
import { completeMetric, pairsOf, scalarText, wireMetric } from "../wire/encode.js";
import { isDuplicate } from "../http/duplicates.js";
import { byRepeatability, REPEATABLE_POINTS } from "./duplicates.js";
import { collect, everyItem } from "./paging.js";
import { pageOf, quoted, viewBody, type ViewOptions } from "./search.js";

export interface NewRun {
  readonly experimentId: string;
  /** Default: a random name of the server's. */
  readonly name?: string;
  /** Default: now. */
  readonly startTime?: number;
  /** The parent of a nested run; written as the tag `mlflow.parentRunId`. */
  readonly parentRunId?: string;
  readonly tags?: TagsInput;
}

export interface UniqueRun extends NewRun {
  /** Chosen by you, the same for the same run for ever; written as a tag. Letters, digits, `_`, `-`, `.`, `:`. */
  readonly uid: string;
  /** Default: `mlflow-js-client.uid`. */
  readonly uidTag?: string;
}

export interface RunUpdate {
  readonly status?: RunStatus;
  readonly endTime?: number;
  readonly name?: string;
}

export interface RunSearch extends ViewOptions {
  readonly experimentIds: readonly string[];
}

export interface LogBatchOptions extends CallOptions {
  /**
   * Keeps a param or tag that is too long for the server. @returns what to log instead
   * Default: the whole text becomes the artifact `long.path`, and `long.placeholder` is logged.
   */
  readonly longValue?: (long: LongValue) => Promise<string>;
  /** Called after each request that the server has accepted, with the entities that it held. */
  readonly onProgress?: (entities: number) => void;
}

export class RunsApi {
  constructor(
    private readonly connection: Connection,
    private readonly keepLongValue: (runId: string, long: LongValue, options: CallOptions) => Promise<string>,
  ) {}

  /**
   * Makes a run. It is not repeated when the answer gets lost, for then there might be two: use {@link createOnce} where
   * connections break.
   */
  async create({ experimentId, name, startTime, parentRunId, tags }: NewRun, options?: CallOptions): Promise<Run> {
    const all = [...pairsOf("tag", tags)];
    for (const { key, value } of all) checkText(`tag ${key}`, value, LIMITS.tagLength);
    if (parentRunId !== undefined) all.push({ key: "mlflow.parentRunId", value: checkRunId(parentRunId) });
    const body = {
      experiment_id: checkExperimentId(experimentId),
      run_name: name === undefined ? undefined : checkName("run name", name),
      start_time: checkTimestamp("run", startTime ?? Date.now()),
      tags: all,
    };
    const answer = await this.connection.call(
      { method: "POST", path: "runs/create", body, repeatability: "unsafe" },
      options,
    );
    return runOf(answer.object("run"));
  }

  /**
   * The run with that uid, made when there is none: also when a server dies between making the run and saying so.
   * Should there be several all the same (a request that arrived late), the one with the least start time and id is kept
   * and the others are deleted. Of two processes that make the same run at the same instant, one may be left with a
   * deleted run (its next write is refused): it calls this again and gets the other's.
   */
  async createOnce(run: UniqueRun, options: CallOptions = {}): Promise<Run> {
    const { uid, uidTag = UID_TAG, ...plain } = run;
    const existing = await this.#keepOne(run, options);
    if (existing !== undefined) return existing;
    const tags = [...pairsOf("tag", plain.tags), { key: uidTag, value: uid }];
    try {
      const made = await this.create({ ...plain, tags }, options);
      return (await this.#keepOne(run, options)) ?? made;
    } catch (error) {
      if (!(error instanceof MlflowError && error.ambiguous)) throw error;
      const found = await this.#keepOne(run, options);
      if (found !== undefined) return found;
      const made = await this.create({ ...plain, tags }, options);
      return (await this.#keepOne(run, options)) ?? made;
    }
  }

  /** All active runs with a uid: one, unless something went wrong. */
  findByUid(
    { experimentId, uid, uidTag = UID_TAG }: Pick<UniqueRun, "experimentId" | "uid" | "uidTag">,
    options: CallOptions = {},
  ): Promise<Run[]> {
    checkText("uid", uid, LIMITS.keyLength);
    const filter = `tags.\`${checkKey("tag key", uidTag)}\` = ${quoted(uid)}`;
    return collect(this.search({ experimentIds: [experimentId], filter, ...options }));
  }

  async #keepOne(run: UniqueRun, options: CallOptions): Promise<Run | undefined> {
    const found = await this.findByUid(run, options);
    const [kept, ...others] = found.sort((a, b) => rank(a) - rank(b) || (a.info.runId < b.info.runId ? -1 : 1));
    for (const { info } of others) await this.delete(info.runId, options);
    return kept;
  }

  async get(runId: string, options?: CallOptions): Promise<Run> {
    const query = { run_id: checkRunId(runId) };
    const answer = await this.connection.call(
      { method: "GET", path: "runs/get", query, repeatability: "safe" },
      options,
    );
    return runOf(answer.object("run"));
  }

  /** Changes status, end time or name. A run that ended may be set to RUNNING again. */
  async update(runId: string, { status, endTime, name }: RunUpdate, options?: CallOptions): Promise<RunInfo> {
    const body = {
      status: status === undefined ? undefined : checkOneOf("run status", RUN_STATUSES, status),
      end_time: endTime === undefined ? undefined : checkTimestamp("run", endTime),
      run_name: name === undefined ? undefined : checkName("run name", name),
    };
    const answer = await this.#post("update", runId, body, options);
    return runInfoOf(answer.object("run_info"));
  }

  /** Ends a run. @param status FINISHED, FAILED or KILLED */
  finish(runId: string, status: RunStatus = "FINISHED", options?: CallOptions): Promise<RunInfo> {
    return this.update(runId, { status, endTime: Date.now() }, options);
  }

  /** A deleted run cannot be written; {@link restore} undoes it. */
  async delete(runId: string, options?: CallOptions): Promise<void> {
    await this.#post("delete", runId, {}, options);
  }

  async restore(runId: string, options?: CallOptions): Promise<void> {
    await this.#post("restore", runId, {}, options);
  }

  /** Runs that match, page after page. @example for await (const run of client.runs.search({ experimentIds, filter: "metrics.fid < 50" })) … */
  search(search: RunSearch): AsyncGenerator<Run, void, undefined> {
    return everyItem((token) => this.searchPage(search, token));
  }

  async searchPage(search: RunSearch, pageToken?: string): Promise<Page<Run>> {
    const body = {
      experiment_ids: search.experimentIds.map(checkExperimentId),
      ...viewBody(search, pageToken, "run_view_type"),
    };
    const answer = await this.connection.call(
      { method: "POST", path: "runs/search", body, repeatability: "safe" },
      search,
    );
    return pageOf(answer, "runs", runOf);
  }

  /** One point. For many use {@link logBatch}: a request takes as long for a thousand points as for one. */
  async logMetric(runId: string, metric: MetricInput, options?: CallOptions): Promise<void> {
    const wire = wireMetric(completeMetric(metric, Date.now()));
    try {
      await this.#post("log-metric", runId, wire, options);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }

  /** A param can be written again only with the same value. */
  async logParam(runId: string, key: string, value: Scalar, options?: CallOptions): Promise<void> {
    await this.logBatch(runId, { params: [{ key, value }] }, options);
  }

  async setTag(runId: string, key: string, value: Scalar, options?: CallOptions): Promise<void> {
    checkKey("tag key", key);
    const text = checkText(`tag ${key}`, scalarText(`tag ${key}`, value), LIMITS.tagLength);
    await this.#post("set-tag", runId, { key, value: text }, options);
  }

  async deleteTag(runId: string, key: string, options?: CallOptions): Promise<void> {
    await this.#post("delete-tag", runId, { key: checkKey("tag key", key) }, options);
  }

  /**
   * Any number of metrics, params and tags, in as many requests as it takes, one after the other. The points of a
   * request are written all or none; writing them again changes nothing, so after a failure just call it again.
   * @throws MlflowInputError before anything is sent when any of them is not legal
   */
  async logBatch(runId: string, batch: BatchInput, options: LogBatchOptions = {}): Promise<void> {
    checkRunId(runId);
    const { longValue = (long: LongValue) => this.keepLongValue(runId, long, options), onProgress } = options;
    const plan = planBatch(batch);
    const substitutes = new Map<LongValue, string>();
    for (const long of plan.longValues) substitutes.set(long, await longValue(long));
    for (const request of plan.requests((long) => substitutes.get(long) ?? long.placeholder)) {
      await this.#sendBatch(runId, request, options);
      onProgress?.(request.entities);
    }
  }

  async #sendBatch(runId: string, request: BatchRequest, options: CallOptions): Promise<void> {
    try {
      await this.#postBatch(runId, request, options);
    } catch (error) {
      const { finite, others } = byRepeatability(request.metrics);
      if (!isDuplicate(error) || (others.length === 0 && finite.length <= REPEATABLE_POINTS)) throw error;
      // The server had the batch already: what can be written again is, in smaller ones, and the others one by one.
      const { params, tags } = request;
      const limits = { metrics: REPEATABLE_POINTS };
      for (const rest of planBatch({ params, tags, metrics: finite }, { limits }).requests())
        await this.#postBatch(runId, rest, options);
      for (const metric of others) await this.logMetric(runId, metric, options);
    }
  }

  async #postBatch(runId: string, request: BatchRequest, options: CallOptions): Promise<void> {
    const call = { method: "POST", path: "runs/log-batch", body: request.body(runId), repeatability: "safe" } as const;
    await this.connection.call(call, options);
  }

  /** The data sets that a run uses, shown in the UI's column Dataset. */
  async logInputs(runId: string, datasets: readonly DatasetInput[], options?: CallOptions): Promise<void> {
    await this.#post("log-inputs", runId, { datasets: datasets.map(wireDataset) }, options);
  }

  /** The logged models that a run has made; MLflow 3. Those that are named again are left as they are. */
  async logOutputs(
    runId: string,
    models: readonly { readonly modelId: string; readonly step?: number }[],
    options?: CallOptions,
  ): Promise<void> {
    const wire = models.map(({ modelId, step = 0 }) => ({
      model_id: modelId,
      step: checkStep(`model ${modelId}`, step),
    }));
    const run_id = checkRunId(runId);
    const post = (some: typeof wire) =>
      this.connection.call(
        { method: "POST", path: "runs/outputs", body: { run_id, models: some }, repeatability: "safe" },
        options,
      );
    try {
      await post(wire);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // The server refuses all of them for one that it has.
      for (const model of wire.length > 1 ? wire : [])
        await post([model]).catch((refused: unknown) => {
          if (!isDuplicate(refused)) throw refused;
        });
    }
  }

  #post(action: string, runId: string, body: Readonly<Record<string, unknown>>, options: CallOptions | undefined) {
    const whole = { run_id: checkRunId(runId), ...body };
    return this.connection.call(
      { method: "POST", path: `runs/${action}`, body: whole, repeatability: "safe" },
      options,
    );
  }
}

const UID_TAG = "mlflow-js-client.uid";

const rank = ({ info }: Run): number => info.startTime ?? Number.MAX_SAFE_INTEGER;

function wireDataset({ dataset, context, tags = {} }: DatasetInput) {
  const { name, digest, sourceType, source, schema, profile } = dataset;
  const all = context === undefined ? tags : { ...tags, [DATASET_CONTEXT]: context };
  return {
    tags: pairsOf("tag", all),
    dataset: {
      name: checkName("dataset name", name),
      digest: checkName("dataset digest", digest, LIMITS.datasetDigestLength),
      source_type: checkText("dataset source type", sourceType),
      source: checkText("dataset source", source),
      schema: schema === undefined ? undefined : checkText("dataset schema", schema),
      profile: profile === undefined ? undefined : checkText("dataset profile", profile),
    },
  };
}
