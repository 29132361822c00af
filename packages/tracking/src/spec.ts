/** @file Reading `run.json`, which another version of gan-arena, or an editor, may have written. */
import { readFileSync } from "node:fs";
import type { RunSpec } from "@gan-arena/core/base";
import { damagedFile, newerFormat } from "./errors.js";

const FORMAT = 1;

/** @throws GanError BAD_CONFIG when the file is not a JSON object of format 1 that carries the name `id` in `field` */
export function readFormat1(path: string, field: string, id: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const problem = error instanceof SyntaxError ? `it must be JSON, but ${error.message}` : `it cannot be read`;
    throw damagedFile(path, problem, "restore it from a copy, or remove its folder", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw damagedFile(path, "it must hold a JSON object", "restore it from a copy, or remove its folder");
  const record = value as Record<string, unknown>;
  if (record["formatVersion"] !== FORMAT) throw newerFormat(path, record["formatVersion"], FORMAT);
  if (record[field] !== id)
    throw damagedFile(
      path,
      `${field} must be the folder's name ${id}, got ${JSON.stringify(record[field])}`,
      "give the folder its old name back",
    );
  return record;
}

const STRINGS = ["variant", "dataset", "createdAt", "dataFingerprint"] as const;
const OBJECTS = ["config", "datasetConfig", "options", "engine", "versions", "machine"] as const;

/** @throws GanError BAD_CONFIG */
export function readRunSpec(path: string, runId: string): RunSpec {
  const spec = readFormat1(path, "runId", runId);
  const wrong =
    STRINGS.find((field) => typeof spec[field] !== "string") ??
    OBJECTS.find((field) => typeof spec[field] !== "object" || spec[field] === null) ??
    (typeof spec["seed"] === "number" ? undefined : "seed");
  if (wrong !== undefined)
    throw damagedFile(
      path,
      `${wrong} is missing or of the wrong type`,
      "restore the file from a copy, or remove the run",
    );
  return spec as unknown as RunSpec;
}
