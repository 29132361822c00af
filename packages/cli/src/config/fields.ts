/** @file What a schema says of its fields, for listings and error messages. */
import { z, type ZodType } from "zod";
import type { Field } from "./field.js";

/** The part of JSON Schema that zod writes for settings. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean | null;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

export const jsonSchemaOf = (schema: ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;

/** All settings of a schema, nested objects by dotted path, in the order in which they are declared. */
export const fieldsOf = (schema: ZodType): Field[] => leaves(jsonSchemaOf(schema), "");

function leaves(schema: JsonSchema, path: string): Field[] {
  if (!schema.properties) return [fieldOf(schema, path)];
  return Object.entries(schema.properties).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

/** The schema at a path, or undefined where the schema knows no such place. */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  let at: JsonSchema | undefined = schema;
  for (const key of path) {
    at = typeof key === "number" ? at.items : memberOf(at, String(key));
    if (!at) return undefined;
  }
  return at;
}

function memberOf({ properties = {}, additionalProperties }: JsonSchema, key: string): JsonSchema | undefined {
  if (Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

export function fieldOf(schema: JsonSchema, path: string): Field {
  const values = valuesOf(schema);
  // zod writes the safe-integer range as bounds of every integer; nobody asked for those.
  const bound = (value: number | undefined) => (Math.abs(value ?? 0) >= Number.MAX_SAFE_INTEGER ? undefined : value);
  const given: Partial<Record<keyof Field, unknown>> = {
    values,
    anyOf: values ? undefined : schema.anyOf?.map((option) => fieldOf(option, path)),
    minimum: bound(schema.minimum),
    maximum: bound(schema.maximum),
    above: schema.exclusiveMinimum,
    below: schema.exclusiveMaximum,
    default: schema.default,
    description: schema.description,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { path, type: typeOf(schema), ...present };
}

function valuesOf(schema: JsonSchema): Field["values"] {
  if (schema.enum) return schema.enum;
  if (schema.const !== undefined) return [schema.const];
  if (schema.anyOf?.every((option) => option.const !== undefined))
    return schema.anyOf.map((option) => option.const ?? null);
  return undefined;
}

const TYPES: Readonly<Record<string, Field["type"]>> = {
  integer: "integer",
  number: "number",
  boolean: "boolean",
  string: "text",
  array: "list",
  object: "object",
};

const typeOf = (schema: JsonSchema): Field["type"] => {
  const types = schema.type ? [schema.type] : [...new Set((schema.anyOf ?? []).map((option) => option.type))];
  return (types.length === 1 && TYPES[types[0] ?? ""]) || "any";
};
