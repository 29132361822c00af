/** @file Any amount of metrics, params and tags as requests that the server accepts, in the order in which they came. */
import { createHash } from "node:crypto";
import { conflictingParam } from "../errors.js";
import type { BatchInput, Metric, Param, Tag } from "../types.js";
import { checkText, lengthOf, LIMITS } from "../validate.js";
import { completeMetric, pairsOf, wireMetric } from "../wire/encode.js";

/** Of one log-batch request. The server answers 400 to more; managed services also limit the bytes, to 1 MB. */
export const BATCH_LIMITS = { metrics: 1000, params: 100, tags: 100, entities: 1000, bytes: 900_000 } as const;
export type BatchLimits = { readonly [K in keyof typeof BATCH_LIMITS]: number };

/** A param or tag that the server would cut without a word. */
export interface LongValue {
  readonly kind: "param" | "tag";
  readonly key: string;
  /** All of it. */
  readonly value: string;
  /** Where to keep it, from the root of the run's artifacts. */
  readonly path: string;
  /** What is logged instead unless the hook says otherwise: the beginning, the length, the hash and the path. */
  readonly placeholder: string;
}

export interface SplitOptions {
  readonly limits?: Partial<BatchLimits>;
  /** The time of metrics that name none; default: now. */
  readonly now?: number;
}

export interface BatchPlan {
  /** What has to be kept elsewhere, before its placeholder is sent. */
  readonly longValues: readonly LongValue[];
  /** @param substitute what to log instead of a long value, its placeholder when left out; at most 6000 characters */
  requests(substitute?: (long: LongValue) => string): Iterable<BatchRequest>;
}

/** One legal request. */
export class BatchRequest {
  readonly metrics: Metric[] = [];
  readonly params: Param[] = [];
  readonly tags: Tag[] = [];
  readonly #json = { metrics: [] as string[], params: [] as string[], tags: [] as string[] };
  #bytes = ENVELOPE;

  /** Metrics, params and tags together. */
  get entities(): number {
    return this.metrics.length + this.params.length + this.tags.length;
  }

  /** At most so many bytes of UTF-8 has the body, whatever the run's id. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The JSON to send. */
  body(runId: string): string {
    const list = (name: Kind) => (this.#json[name].length === 0 ? "" : `,"${name}":[${this.#json[name].join(",")}]`);
    return `{"run_id":${JSON.stringify(runId)}${list("metrics")}${list("params")}${list("tags")}}`;
  }

  /** @returns whether it found room */
  add(item: Item, limits: BatchLimits): boolean {
    const bytes = Buffer.byteLength(item.json) + 1;
    const full =
      this[item.kind].length >= limits[item.kind] ||
      this.entities >= limits.entities ||
      (this.entities > 0 && this.#bytes + bytes > limits.bytes);
    if (full) return false;
    this.#bytes += bytes;
    this.#json[item.kind].push(item.json);
    (this[item.kind] as (Metric | Param | Tag)[]).push(item.value);
    return true;
  }
}

type Kind = "metrics" | "params" | "tags";

interface Item {
  readonly kind: Kind;
  readonly value: Metric | Param | Tag;
  readonly json: string;
}

/** `{"run_id":"…256…","metrics":[],"params":[],"tags":[]}` */
const ENVELOPE = 320;

/**
 * Params first, then tags, then metrics: whoever looks at the run while it is written sees at once what it is.
 * A key that comes twice is sent once: of tags the last value, of params the only one.
 * @throws MlflowInputError when any param, tag or metric is not legal: half of a batch would be hard to take back
 * @example for (const request of planBatch({ metrics }).requests()) await send(request.body(runId));
 */
export function planBatch(batch: BatchInput, { limits, now = Date.now() }: SplitOptions = {}): BatchPlan {
  const params = distinctParams(pairsOf("param", batch.params));
  const tags = lastTags(pairsOf("tag", batch.tags));
  const metrics = (batch.metrics ?? []).map((metric) => completeMetric(metric, now));
  const all = { ...BATCH_LIMITS, ...limits };
  const long = new Map<Param | Tag, LongValue>();
  for (const param of params) if (isLonger(param.value, LIMITS.paramLength)) long.set(param, longValue("param", param));
  for (const tag of tags) if (isLonger(tag.value, LIMITS.tagLength)) long.set(tag, longValue("tag", tag));
  return {
    longValues: [...long.values()],
    requests(substitute = ({ placeholder }) => placeholder) {
      const shortened = (pair: Param | Tag): Param | Tag => {
        const found = long.get(pair);
        if (found === undefined) return pair;
        const what = `what is logged instead of ${found.kind} ${found.key}`;
        return { key: pair.key, value: checkText(what, substitute(found), LIMITS.paramLength) };
      };
      return requestsOf({ params: params.map(shortened), tags: tags.map(shortened), metrics }, all);
    },
  };
}

/** The cheap test first: UTF-16 units are never fewer than characters. */
const isLonger = (text: string, longest: number): boolean => text.length > longest && lengthOf(text) > longest;

function* requestsOf(
  { params, tags, metrics }: Readonly<Record<Kind, readonly (Metric | Param | Tag)[]>>,
  limits: BatchLimits,
): Generator<BatchRequest> {
  let request = new BatchRequest();
  for (const item of itemsOf(params, tags, metrics)) {
    if (request.add(item, limits)) continue;
    yield request;
    request = new BatchRequest();
    request.add(item, limits);
  }
  if (request.entities > 0) yield request;
}

function* itemsOf(
  params: readonly (Metric | Param | Tag)[],
  tags: readonly (Metric | Param | Tag)[],
  metrics: readonly (Metric | Param | Tag)[],
): Generator<Item> {
  for (const value of params) yield { kind: "params", value, json: JSON.stringify(value) };
  for (const value of tags) yield { kind: "tags", value, json: JSON.stringify(value) };
  for (const value of metrics) yield { kind: "metrics", value, json: JSON.stringify(wireMetric(value as Metric)) };
}

/** The server refuses a batch that names a param twice, even with the same value. */
function distinctParams(params: readonly Param[]): Param[] {
  const values = new Map<string, string>();
  for (const { key, value } of params) {
    const first = values.get(key);
    if (first !== undefined && first !== value) throw conflictingParam(key, first, value);
    values.set(key, value);
  }
  return [...values].map(([key, value]) => ({ key, value }));
}

function lastTags(tags: readonly Tag[]): Tag[] {
  return [...new Map(tags.map(({ key, value }) => [key, value]))].map(([key, value]) => ({ key, value }));
}

const PLACEHOLDER_START = 120;

function longValue(kind: "param" | "tag", { key, value }: Param): LongValue {
  const sha256 = createHash("sha256").update(value).digest("hex");
  const path = `${kind}s/${key}.txt`;
  const start = Array.from(value.slice(0, 2 * PLACEHOLDER_START))
    .slice(0, PLACEHOLDER_START)
    .join("");
  const placeholder = `${start}… (${lengthOf(value)} characters, sha256 ${sha256.slice(0, 16)}, artifact ${path})`;
  return { kind, key, value, path, placeholder };
}
