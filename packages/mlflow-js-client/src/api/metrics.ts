/** @file Reading the points of metrics. Writing them is in runs.ts. */
import type { Connection } from "../http/connection.js";
import type { CallOptions, Metric, Page } from "../types.js";
import { checkKey, checkPageSize, checkRunId } from "../validate.js";
import { metricOf } from "../wire/decode.js";
import { everyItem } from "./paging.js";
import { pageOf } from "./search.js";

export interface HistoryOptions extends CallOptions {
  /** Points per request, 10000 when left out. */
  readonly pageSize?: number;
}

export interface SampledHistory {
  readonly key: string;
  /** At most 100. */
  readonly runIds: readonly string[];
  /** Steps from here to there, both included; all when left out. */
  readonly fromStep?: number;
  readonly toStep?: number;
  /** Steps for all runs together, at most 2500; 320 when left out. */
  readonly maxResults?: number;
}

export class MetricsApi {
  constructor(private readonly connection: Connection) {}

  /** Every point of a metric, page after page; nothing when the run has no such metric. */
  history(runId: string, key: string, options: HistoryOptions = {}): AsyncGenerator<Metric, void, undefined> {
    return everyItem((token) => this.historyPage(runId, key, options, token));
  }

  async historyPage(
    runId: string,
    key: string,
    options: HistoryOptions = {},
    pageToken?: string,
  ): Promise<Page<Metric>> {
    const { pageSize = 10_000 } = options;
    const query = {
      run_id: checkRunId(runId),
      metric_key: checkKey("metric key", key),
      max_results: checkPageSize(pageSize),
      page_token: pageToken,
    };
    const request = { method: "GET", path: "metrics/get-history", query, repeatability: "safe" } as const;
    return pageOf(await this.connection.call(request, options), "metrics", metricOf);
  }

  /** A sample of a metric's points in several runs, as the UI's charts use it. */
  async sampled(wanted: SampledHistory, options?: CallOptions): Promise<(Metric & { readonly runId: string })[]> {
    const query = {
      run_ids: wanted.runIds.map(checkRunId),
      metric_key: checkKey("metric key", wanted.key),
      start_step: wanted.fromStep,
      end_step: wanted.toStep,
      max_results: checkPageSize(wanted.maxResults ?? 320),
    };
    const request = { method: "GET", path: "metrics/get-history-bulk-interval", query, repeatability: "safe" } as const;
    const answer = await this.connection.call(request, options);
    return answer.list("metrics").map((fields) => ({ ...metricOf(fields), runId: fields.text("run_id") }));
  }
}
