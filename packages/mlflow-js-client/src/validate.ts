/**
 * @file What may be sent. MLflow answers 200 to several values that it then stores as something else (a fractional step
 * becomes 0, a long param is cut), so every value is checked before it leaves.
 */
import { badInput } from "./errors.js";

/** Limits of the MLflow server, versions 2.22 to 3.17. Lengths are in characters (code points), as Python counts them. */
export const LIMITS = {
  keyLength: 250,
  paramLength: 6000,
  tagLength: 8000,
  experimentNameLength: 500,
  experimentTagLength: 5000,
  datasetNameLength: 500,
  datasetDigestLength: 36,
  pageSize: 50_000,
} as const;

/** Letters and digits of any script, `_ - . / :` and space. */
const KEY = /^[\p{L}\p{N}_/.\- :]+$/u;
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/u;
const EXPERIMENT_ID = /^[a-zA-Z0-9][\w-]{0,63}$/u;
const IMAGE_KEY = /^[a-zA-Z0-9_\-./ ]+$/u;
/** Half of a surrogate pair: JSON can carry it, the server's database cannot. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Characters as Python counts them. */
export function lengthOf(text: string): number {
  let length = text.length;
  // A pair of code units is one character; most texts have none.
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) length--;
  return length;
}

/** Text that every database behind MLflow can keep. @throws MlflowInputError */
export function checkText(what: string, text: unknown, longest = Number.POSITIVE_INFINITY): string {
  if (typeof text !== "string") throw badInput(what, "text", text, "convert it with String()");
  if (LONE_SURROGATE.test(text) || text.includes("\0"))
    throw badInput(what, "well-formed text without NUL", text, "remove the broken character");
  if (text.length > longest && lengthOf(text) > longest)
    throw badInput(what, `at most ${longest} characters`, lengthOf(text), "shorten it or keep it as an artifact");
  return text;
}

/** The key of a metric, param or tag. @param what for example "metric key" @throws MlflowInputError */
export function checkKey(what: string, key: unknown): string {
  const text = checkText(what, key, LIMITS.keyLength);
  if (!KEY.test(text))
    throw badInput(what, "letters, digits and _ - . / : or spaces", text, "rename it, for example with toKey()");
  if (!isPlainPath(text))
    throw badInput(what, "a path without empty, . or .. parts", text, "rename it, for example with toKey()");
  return text;
}

/** Whether a name would be the same after a file system has normalised it: the server asks for that. */
const isPlainPath = (path: string): boolean =>
  path.split("/").every((part) => part !== "" && part !== "." && part !== "..") && !path.startsWith("..");

/**
 * A legal key that resembles any text: what is not allowed becomes `_`, and a short hash keeps two such texts apart.
 * A legal key comes back as it is.
 * @example toKey("lr#1") // "lr_1-1f7c3d52", the hash is of the whole text
 */
export function toKey(text: string): string {
  try {
    return checkKey("key", text);
  } catch {
    const letters = Array.from(text, (letter) => (KEY.test(letter) ? letter : "_")).join("");
    const parts = letters.split("/").map((part) => (/^\.*$/u.test(part) ? "_" : part));
    const plain = parts.join("/").replace(/^\.\./u, "__");
    return `${Array.from(plain)
      .slice(0, LIMITS.keyLength - 9)
      .join("")}-${fnv1a(text)}`;
  }
}

/** 32 bits of FNV-1a over UTF-16 units, as 8 hexadecimal digits: not for security, only to tell names apart. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** A step of a metric or image: whole, for the server turns a fraction into 0. @throws MlflowInputError */
export function checkStep(what: string, step: unknown): number {
  if (!Number.isSafeInteger(step))
    throw badInput(`step of ${what}`, "a whole number between -2^53 and 2^53", step, "round it");
  return step as number;
}

/** Milliseconds since 1970. @throws MlflowInputError */
export function checkTimestamp(what: string, timestamp: unknown): number {
  if (!Number.isSafeInteger(timestamp) || (timestamp as number) < 0)
    throw badInput(`timestamp of ${what}`, "whole milliseconds since 1970", timestamp, "use Date.now()");
  return timestamp as number;
}

/** Any double, NaN and the infinities included. @throws MlflowInputError */
export function checkValue(what: string, value: unknown): number {
  if (typeof value !== "number") throw badInput(`value of ${what}`, "a number", value, "convert it with Number()");
  return value;
}

/** @throws MlflowInputError */
export function checkRunId(runId: unknown): string {
  if (typeof runId !== "string" || !RUN_ID.test(runId))
    throw badInput("run id", "letters, digits, _ and -, at most 256", runId, "use run.info.runId");
  return runId;
}

/** @throws MlflowInputError */
export function checkExperimentId(experimentId: unknown): string {
  if (typeof experimentId !== "string" || !EXPERIMENT_ID.test(experimentId))
    throw badInput(
      "experiment id",
      "letters, digits, _ and -, at most 64",
      experimentId,
      "use experiment.experimentId",
    );
  return experimentId;
}

/** @throws MlflowInputError */
export function checkName(what: string, name: unknown, longest: number = LIMITS.experimentNameLength): string {
  const text = checkText(what, name, longest);
  if (text.trim() === "") throw badInput(what, "not empty", text, "give it a name");
  return text;
}

/** @throws MlflowInputError */
export function checkOneOf<T extends string>(what: string, known: readonly T[], value: unknown): T {
  // The server ignores a value that it does not know.
  if (!known.includes(value as T)) throw badInput(what, `one of ${known.join(", ")}`, value, "use one of these");
  return value as T;
}

/** @throws MlflowInputError */
export function checkPageSize(pageSize: unknown): number {
  if (!Number.isSafeInteger(pageSize) || (pageSize as number) < 1 || (pageSize as number) > LIMITS.pageSize)
    throw badInput("page size", `a whole number from 1 to ${LIMITS.pageSize}`, pageSize, "use less and iterate");
  return pageSize as number;
}

/**
 * A path inside the artifacts of a run or model. A `%41` in a name is refused because the server decodes it a second time.
 * @throws MlflowInputError
 */
export function checkArtifactPath(path: unknown): string {
  const text = checkText("artifact path", path);
  const illegal = /[#\\]|%[0-9a-fA-F]{2}|[\p{Cc}]/u.test(text) || /^[a-zA-Z]:\//u.test(text) || /^file:/iu.test(text);
  if (illegal || !isPlainPath(text))
    throw badInput(
      "artifact path",
      "a relative path with / and without .., #, backslash or %XX",
      text,
      "rename the artifact",
    );
  return text;
}

/** @throws MlflowInputError */
export function checkImageKey(key: unknown): string {
  const text = checkText("image key", key, LIMITS.keyLength);
  if (!IMAGE_KEY.test(text)) throw badInput("image key", "letters, digits and _ - . / or spaces", text, "rename it");
  return text;
}
