/** @file `--set path=value` and `--data key=value`: settings from the command line, typed by the schema they are for. */
import type { ZodType } from "zod";
import { asNumber, type Assignment } from "./assignment.js";
import type { Field } from "./field.js";
import { fieldsOf, jsonSchemaOf, schemaAt, fieldOf } from "./fields.js";
import { parseWithSchema, unknownSetting } from "./validate.js";

/**
 * The whole config: the schema's defaults with the assignments laid over them, the later one winning.
 * @param option the flag that is named in messages, for example `--set`
 * @throws GanError UNKNOWN_NAME for an unknown path, BAD_CONFIG for a value that the schema refuses
 */
export function assignAll<T>(schema: ZodType<T>, assignments: readonly Assignment[], option: string): T {
  const value: Record<string, unknown> = {};
  for (const { path, text } of assignments) place(value, path.split("."), typedText(schema, path, text, option));
  return parseWithSchema(schema, value, (path) =>
    path.length === 0 ? option : `${option} ${path.map(String).join(".")}`,
  );
}

function typedText(schema: ZodType, path: string, text: string, option: string): unknown {
  const at = schemaAt(jsonSchemaOf(schema), path.split("."));
  if (!at) {
    const known = fieldsOf(schema).map((field) => field.path);
    throw unknownSetting(`${option} ${path}`, path, known.filter(Boolean));
  }
  return read(text, fieldOf(at, path));
}

/** Text that does not fit its type stays text: the schema then says what it expected. */
function read(text: string, field: Field): unknown {
  if (field.type === "text") return text;
  const json = jsonOrText(text);
  if (field.type === "any" || field.type === "list" || field.type === "object") return json;
  return typeof json === "object" ? text : json;
}

function jsonOrText(text: string): unknown {
  const number = asNumber(text);
  if (typeof number === "number") return number;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const group =
    inner !== null && typeof inner === "object" && !Array.isArray(inner) ? (inner as Record<string, unknown>) : {};
  target[key] = group;
  place(group, rest, value);
}
