/** @file One setting in words. Loads nothing, for help and quick commands. */

/** One setting: a leaf of an object schema, or the schema itself when it is no object. */
export interface Field {
  /** Dotted, for example `optimizer.beta1`; empty for a schema that is no object. */
  readonly path: string;
  readonly type: "integer" | "number" | "boolean" | "text" | "list" | "object" | "any";
  /** The only values allowed. */
  readonly values?: readonly (string | number | boolean | null)[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** What it may be instead, when one noun is not enough: `"auto"` or an integer. */
  readonly anyOf?: readonly Field[];
  /** Bounds that are themselves excluded. */
  readonly above?: number;
  readonly below?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** "an integer from 1 to 512", "one of 28, 32, 64", "a number > 0 and < 1", "auto or an integer >= 1". */
export function expectation(field: Field): string {
  if (field.values) return field.values.length === 1 ? String(field.values[0]) : `one of ${field.values.join(", ")}`;
  if (field.anyOf) return field.anyOf.map(expectation).join(" or ");
  const { minimum, maximum, above, below } = field;
  const noun = NOUNS[field.type];
  if (minimum !== undefined && maximum !== undefined) return `${noun} from ${minimum} to ${maximum}`;
  const bounds = [
    minimum === undefined ? [] : `>= ${minimum}`,
    above === undefined ? [] : `> ${above}`,
    maximum === undefined ? [] : `<= ${maximum}`,
    below === undefined ? [] : `< ${below}`,
  ].flat();
  return bounds.length > 0 ? `${noun} ${bounds.join(" and ")}` : noun;
}

const NOUNS: Readonly<Record<Field["type"], string>> = {
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
  text: "text",
  list: "a list",
  object: "a group of settings",
  any: "a value",
};

/** A value in a message: short, and text in quotes. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  const json = JSON.stringify(value) ?? typeof value;
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
