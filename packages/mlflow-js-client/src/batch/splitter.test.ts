import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BatchInput, Metric, MetricInput, Scalar } from "../types.js";
import { lengthOf } from "../validate.js";
import { BATCH_LIMITS, planBatch, type BatchRequest } from "./splitter.js";

const RUN_ID = "f".repeat(32);

const metric = (step: number): MetricInput => ({ key: "loss", value: step / 7, step, timestamp: 1_700_000_000_000 });
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const sizes = (requests: readonly BatchRequest[]) =>
  requests.map(({ params, tags, metrics }) => [params.length, tags.length, metrics.length]);
const requestsOf = (batch: BatchInput) => [...planBatch(batch).requests()];

describe("planBatch", () => {
  it("makes 2501 metrics into 1000 + 1000 + 501", () => {
    expect(sizes(requestsOf({ metrics: many(2501, metric) }))).toEqual([
      [0, 0, 1000],
      [0, 0, 1000],
      [0, 0, 501],
    ]);
  });

  it("puts 100 params, 100 tags and 800 metrics into one request, since 1000 entities are allowed together", () => {
    const params = many(100, (i) => ({ key: `p${i}`, value: i }));
    const tags = many(100, (i) => ({ key: `t${i}`, value: i }));
    expect(sizes(requestsOf({ params, tags, metrics: many(900, metric) }))).toEqual([
      [100, 100, 800],
      [0, 0, 100],
    ]);
  });

  it("has nothing to send for nothing", () => {
    expect(requestsOf({ metrics: [], params: {}, tags: {} })).toEqual([]);
  });

  it("keeps below 900 kB: 100 params of 6000 characters that take 3 bytes each are 1.8 MB, so two requests do not do", () => {
    const params = many(100, (i) => ({ key: `p${i}`, value: "€".repeat(6000) }));
    const requests = requestsOf({ params });
    // 18 kB each: 49 fit into 900 kB.
    expect(sizes(requests)).toEqual([
      [49, 0, 0],
      [49, 0, 0],
      [2, 0, 0],
    ]);
    for (const request of requests) expect(Buffer.byteLength(request.body(RUN_ID))).toBeLessThan(BATCH_LIMITS.bytes);
  });

  it("sends a param once that comes twice with the same value, and refuses two values", () => {
    const twice = (second: Scalar) => ({
      params: [
        { key: "lr", value: "1" },
        { key: "lr", value: second },
      ],
    });
    expect(requestsOf(twice(1))[0]?.params).toEqual([{ key: "lr", value: "1" }]);
    expect(() => planBatch(twice("2"))).toThrow('param "lr" must have one value, got "1" and "2"');
  });

  it("sends the last value of a tag that comes twice", () => {
    const tags = [
      { key: "a", value: "old" },
      { key: "b", value: "x" },
      { key: "a", value: "new" },
    ];
    expect(requestsOf({ tags })[0]?.tags).toEqual([
      { key: "a", value: "new" },
      { key: "b", value: "x" },
    ]);
  });

  it("gives a param of 6001 characters to the hook, whole, and logs what the hook returns; 6000 are sent as they are", () => {
    const value = "é".repeat(6001);
    const plan = planBatch({ params: { long: value, fits: "é".repeat(6000), astral: "😀".repeat(6000) } });
    expect(plan.longValues.map((long) => [long.kind, long.key, long.value === value, long.path])).toEqual([
      ["param", "long", true, "params/long.txt"],
    ]);
    const [request] = plan.requests(({ key }) => `kept as ${key}`);
    expect(request?.params.map((param) => param.value.slice(0, 12))).toEqual([
      "kept as long",
      "é".repeat(12),
      "😀".repeat(6),
    ]);
    // printf 'é%.0s' {1..6001} | sha256sum
    const [{ placeholder } = { placeholder: "" }] = plan.longValues;
    expect(placeholder).toMatch(/^é{120}… \(6001 characters, sha256 [0-9a-f]{16}, artifact params\/long\.txt\)$/u);
  });

  it("refuses a substitute that is itself too long", () => {
    const plan = planBatch({ params: { long: "x".repeat(6001) } });
    expect(() => [...plan.requests(({ value }) => value)]).toThrow("must be at most 6000 characters, got 6001");
  });

  it("checks every entity before it gives the first request", () => {
    expect(() => planBatch({ metrics: [...many(5000, metric), { key: "loss", value: 1, step: 0.5 }] })).toThrow(
      "step of loss must be a whole number",
    );
  });
});

const KEY = fc.stringMatching(/^[a-zA-Z0-9_]([a-zA-Z0-9_ :-]{0,12}(\/[a-zA-Z0-9_]{1,4})?)$/u);
const DOUBLE = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY));
const METRIC = fc.record({
  key: KEY,
  value: DOUBLE,
  step: fc.maxSafeInteger(),
  timestamp: fc.nat({ max: 4_000_000_000_000 }),
});
const TEXT = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  { weight: 4, arbitrary: fc.nat({ max: 9000 }).map((length) => "😀é\n".repeat(length / 3)) },
);
const PAIRS = fc.uniqueArray(fc.record({ key: KEY, value: TEXT.filter((text) => !text.includes("\0")) }), {
  maxLength: 12,
  selector: ({ key }) => key,
});
/** Small limits, so that small batches meet every one of them; the bytes leave room for the longest single entity. */
const LIMITS = fc.record({
  metrics: fc.integer({ min: 1, max: 9 }),
  params: fc.integer({ min: 1, max: 5 }),
  tags: fc.integer({ min: 1, max: 5 }),
  entities: fc.integer({ min: 1, max: 12 }),
  bytes: fc.integer({ min: 23_000, max: 40_000 }),
});

describe("planBatch, 10,000 generated batches", () => {
  it("makes every request legal, keeps the order, loses nothing and keeps long params whole", () => {
    let [split, long, bytesBound] = [0, 0, 0];
    const batches = fc.record({
      metrics: fc.array(METRIC, { maxLength: 30 }),
      params: PAIRS,
      tags: PAIRS,
      limits: LIMITS,
    });
    fc.assert(
      fc.property(batches, ({ metrics, params, tags, limits }) => {
        const plan = planBatch({ metrics, params, tags }, { limits });
        const requests = [...plan.requests()];
        split += Number(requests.length > 1);
        long += plan.longValues.length;
        for (const [i, request] of requests.entries()) {
          const body = JSON.parse(request.body(RUN_ID)) as Record<"metrics" | "params" | "tags", unknown[] | undefined>;
          const counts = [body.metrics?.length ?? 0, body.params?.length ?? 0, body.tags?.length ?? 0];
          expect(counts).toEqual([request.metrics.length, request.params.length, request.tags.length]);
          expect(request.metrics.length).toBeLessThanOrEqual(limits.metrics);
          expect(request.params.length).toBeLessThanOrEqual(limits.params);
          expect(request.tags.length).toBeLessThanOrEqual(limits.tags);
          expect(request.entities).toBeLessThanOrEqual(limits.entities);
          expect(request.entities).toBeGreaterThan(0);
          expect(Buffer.byteLength(request.body(RUN_ID))).toBeLessThanOrEqual(limits.bytes);
          expect(new Set(request.params.map(({ key }) => key)).size).toBe(request.params.length);
          // No request could have taken what follows: as few as the limits allow.
          const next = requests[i + 1];
          if (next !== undefined) bytesBound += Number(!isFull(request, next, limits));
        }
        expect(requests.flatMap((request) => request.metrics)).toEqual(metrics satisfies Metric[]);
        const whole = new Map(plan.longValues.map(({ kind, key, value }) => [`${kind} ${key}`, value]));
        const back = (kind: string) => (pair: { key: string; value: string }) => ({
          key: pair.key,
          value: whole.get(`${kind} ${pair.key}`) ?? pair.value,
        });
        expect(requests.flatMap((request) => request.params).map(back("param"))).toEqual(params);
        expect(requests.flatMap((request) => request.tags).map(back("tag"))).toEqual(tags);
        for (const { value } of requests.flatMap((request) => request.params))
          expect(lengthOf(value)).toBeLessThanOrEqual(6000);
        for (const { value } of requests.flatMap((request) => request.tags))
          expect(lengthOf(value)).toBeLessThanOrEqual(8000);
      }),
      { numRuns: 10_000, seed: 5 },
    );
    // The generator reaches what the property is about.
    expect({ split: split > 3000, long: long > 500, bytesBound: bytesBound > 10 }).toEqual({
      split: true,
      long: true,
      bytesBound: true,
    });
  }, 120_000);
});

/** Whether the count limits alone explain that `next` begins a new request. */
function isFull(
  request: BatchRequest,
  next: BatchRequest,
  limits: Record<"metrics" | "params" | "tags" | "entities", number>,
): boolean {
  const kind = next.params.length > 0 ? "params" : next.tags.length > 0 ? "tags" : "metrics";
  return request.entities >= limits.entities || request[kind].length >= limits[kind];
}
