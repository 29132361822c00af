/** @file Names of runs, comparisons and sweeps: sortable by time, readable, never taken twice. */
import { randomInt } from "node:crypto";
import { ambiguousId, badId, unknownId } from "./errors.js";

/** Without 0, 1, l and o, which are misread. */
const ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz";

export interface IdOptions {
  /** Default: the clock. */
  readonly now?: Date;
  /** A whole number from 0 to `bound` - 1. Default: the system's random numbers, so that seeds do not collide here. */
  readonly random?: (bound: number) => number;
}

/** What is left of any text when it shall be part of a file's name. */
export const slug = (text: string, longest = 40): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, longest)
    .replaceAll(/^-+|-+$/g, "") || "x";

/** `20261123-140501-…-x7k2`: UTC to the second, the readable parts, four random characters. */
function newId(parts: readonly string[], { now = new Date(), random = randomInt }: IdOptions): string {
  const time = now.toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const tail = Array.from({ length: 4 }, () => ALPHABET[random(ALPHABET.length)]).join("");
  return [time, ...parts.map((part) => slug(part)), tail].join("-");
}

/** @example newRunId("dcgan", "mnist", 0) // "20261123-140501-dcgan-mnist-s0-x7k2" */
export const newRunId = (variant: string, dataset: string, seed: number, options: IdOptions = {}): string =>
  newId([variant, dataset, `s${seed}`], options);

/** @example newComparisonId("mnist") // "20261123-140501-compare-mnist-x7k2" */
export const newComparisonId = (dataset: string, options: IdOptions = {}): string =>
  newId(["compare", dataset], options);

/** @example newSweepId("quick") // "20261123-140501-sweep-quick-x7k2" */
export const newSweepId = (name: string, options: IdOptions = {}): string => newId(["sweep", name], options);

/** @throws GanError BAD_CONFIG when `id` cannot be the name of a folder */
export function checkId(kind: string, id: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id)) throw badId(kind, id);
}

/**
 * The one id that `text` is, or is the start of.
 * @param ids all ids of that kind, newest first
 * @throws GanError UNKNOWN_NAME with the nearest id, or with the ids that begin so when there are several
 */
export function resolveId(kind: string, text: string, ids: readonly string[]): string {
  if (ids.includes(text)) return text;
  const matches = text === "" ? [] : ids.filter((id) => id.startsWith(text));
  const [only] = matches;
  if (only === undefined) throw unknownId(kind, text, ids);
  if (matches.length > 1) throw ambiguousId(kind, text, matches);
  return only;
}
