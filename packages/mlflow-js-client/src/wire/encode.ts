/** @file From checked values to the server's JSON. */
import { badInput } from "../errors.js";
import type { Metric, MetricInput, Param, ParamsInput, Scalar, Tag } from "../types.js";
import { checkKey, checkStep, checkText, checkTimestamp, checkValue, LIMITS } from "../validate.js";

/**
 * A double as MLflow stores it right. JSON has no NaN and no infinities, and of all the ways to write them the server
 * understands only these three texts: `"nan"`, a bare NaN and 1e400 are answered with 200 and stored as 0.
 */
export function encodeNumber(value: number): number | "NaN" | "Infinity" | "-Infinity" {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  return value === Number.NEGATIVE_INFINITY ? "-Infinity" : value;
}

/** A metric with all its fields checked. @param now the time of metrics that name none @throws MlflowInputError */
export function completeMetric(metric: MetricInput, now: number): Metric {
  const key = checkKey("metric key", metric.key);
  const { modelId, datasetName, datasetDigest } = metric;
  return {
    key,
    value: checkValue(key, metric.value),
    timestamp: checkTimestamp(key, metric.timestamp ?? now),
    step: checkStep(key, metric.step ?? 0),
    ...(modelId === undefined ? {} : { modelId: checkText("model id", modelId) }),
    ...(datasetName === undefined
      ? {}
      : { datasetName: checkText("dataset name", datasetName, LIMITS.datasetNameLength) }),
    ...(datasetDigest === undefined
      ? {}
      : { datasetDigest: checkText("dataset digest", datasetDigest, LIMITS.datasetDigestLength) }),
  };
}

/** Fields that are undefined are left out by JSON.stringify. */
export const wireMetric = ({ key, value, timestamp, step, modelId, datasetName, datasetDigest }: Metric) => ({
  key,
  value: encodeNumber(value),
  timestamp,
  step,
  model_id: modelId,
  dataset_name: datasetName,
  dataset_digest: datasetDigest,
});

/** Text as it is, anything else by String(). @throws MlflowInputError for objects, null and undefined */
export function scalarText(what: string, value: Scalar): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return checkText(what, String(value));
  throw badInput(what, "text, a number or a boolean", value, "convert it to text");
}

/** Params or tags in the order in which they were given, with checked keys and values that are text. */
export function pairsOf(kind: "param" | "tag", input: ParamsInput | undefined): (Param & Tag)[] {
  const list = input === undefined ? [] : isList(input) ? input : recordEntries(input);
  return list.map(({ key, value }) => {
    checkKey(`${kind} key`, key);
    return { key, value: scalarText(`${kind} ${key}`, value) };
  });
}

const isList = (input: ParamsInput): input is readonly { readonly key: string; readonly value: Scalar }[] =>
  Array.isArray(input);

const recordEntries = (record: Readonly<Record<string, Scalar>>) =>
  Object.entries(record).map(([key, value]) => ({ key, value }));
