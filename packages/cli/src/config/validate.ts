/**
 * @file Checks values from people against schemas, and says what is wrong in one sentence.
 *
 * zod finds what is wrong; the schema's own description says what would be right, so a message always has all four
 * parts: where, what was expected, what came, what to do.
 */
import { badConfig, GanError, suggest } from "@gan-arena/core/base";
import type { ZodType, core } from "zod";
import { expectation, show } from "./field.js";
import { fieldOf, jsonSchemaOf, schemaAt, type JsonSchema } from "./fields.js";

type Path = readonly PropertyKey[];

/** Names the place of a value in a message, for example `gan-arena.config.yaml:3 defaults.kimg`. */
export type Locate = (path: Path) => string;

/**
 * The value as the schema wants it, defaults filled in. Keys that an object schema does not name are refused, whether
 * the schema is strict or not: a setting that is silently ignored is a wrong result.
 * @param where the place named in messages, or a function from path to place
 * @throws GanError BAD_CONFIG for the first thing wrong, UNKNOWN_NAME for an unknown key
 */
export function parseWithSchema<T>(schema: ZodType<T>, value: unknown, where: string | Locate): T {
  const locate = typeof where === "string" ? placeUnder(where) : where;
  const unknown = unknownKey(jsonSchemaOf(schema), value, []);
  if (unknown) throw unknownSetting(locate(unknown.path), unknown.path.map(String).join("."), unknown.known);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw badConfig(locate([]), "the value is refused without a reason; change it");
  throw explain(issue, { schema: jsonSchemaOf(schema), value, locate });
}

/** @param known every dotted path that exists */
export const unknownSetting = (where: string, path: string, known: readonly string[]): GanError =>
  new GanError("UNKNOWN_NAME", `[${where}] there is no setting "${path}"; ${suggest(path, known)}`);

const placeUnder =
  (where: string): Locate =>
  (path) =>
    path.length === 0 ? where : `${where} ${path.map(String).join(".")}`;

/** The first key that the schema does not name, with the keys that it does name there. */
function unknownKey(schema: JsonSchema, value: unknown, path: Path): { path: Path; known: string[] } | undefined {
  const { properties, additionalProperties } = schema;
  if (value === null || typeof value !== "object" || Array.isArray(value) || !properties) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!known && (additionalProperties ?? false) === false)
      return {
        path: [...path, key],
        known: Object.keys(properties).map((name) => [...path, name].map(String).join(".")),
      };
    const deeper = known && unknownKey(known, inner, [...path, key]);
    if (deeper) return deeper;
  }
  return undefined;
}

interface Complaint {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly locate: Locate;
}

function explain(issue: core.$ZodIssue, { schema, value, locate }: Complaint): GanError {
  const where = locate(issue.path);
  const at = schemaAt(schema, issue.path);
  if (issue.code === "custom" || !at) return badConfig(where, lowerFirst(issue.message));
  const field = fieldOf(at, issue.path.map(String).join("."));
  const meaning = field.description ? ` (${field.description})` : "";
  // An integer with a fraction is told apart by its description alone: "an integer >= 1, got 1.5".
  const expected =
    at.type === "string" && !field.values && issue.code !== "invalid_type"
      ? lowerFirst(issue.message)
      : expectation(field);
  const got = valueAt(value, issue.path);
  const advice =
    got === undefined
      ? "add it"
      : field.default === undefined
        ? "change it"
        : `leave it out for the default ${show(field.default)}`;
  return badConfig(where, `expected ${expected}${meaning}, got ${show(got)}; ${advice}`);
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

const lowerFirst = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);
