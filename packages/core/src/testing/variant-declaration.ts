/** @file What a variant says of itself: paper, settings with defaults and descriptions, ranges that fit the settings. */
import { z, type ZodType } from "zod";
import type { AnyVariant } from "../di.js";
import { mustHold, settingWithout } from "./errors.js";

/** The part of JSON Schema that is looked at. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
}

/** @throws GanError BAD_PLUGIN that names the setting or the member */
export function expectDeclaration({ name, paper, config, searchSpace }: AnyVariant): void {
  if (!paper?.title || !paper.authors || !Number.isInteger(paper.year))
    throw mustHold(
      name,
      "paper must have title, authors and year",
      JSON.stringify(paper) ?? "none",
      "say whose method it is: gan-arena cite prints it",
    );
  for (const { path, needed, description } of leavesOf(config as ZodType)) {
    if (needed)
      throw settingWithout(
        name,
        path,
        "a default",
        "add .default(…) or .optional(): a variant trains without any setting",
      );
    if (!description)
      throw settingWithout(name, path, "a description", 'add .describe("…"): it is all that a user sees of it');
  }
  const parsed: unknown = config.parse({});
  const again: unknown = config.parse(JSON.parse(JSON.stringify(parsed)));
  if (JSON.stringify(again) !== JSON.stringify(parsed))
    throw mustHold(
      name,
      "settings must survive being written to a file and read again",
      "other settings",
      "let transforms of the schema accept what they return",
    );
  for (const [path, range] of Object.entries(searchSpace))
    for (const value of range.kind === "choice" ? range.values : [range.min, range.max]) {
      const result = config.safeParse(nested(path, value));
      if (!result.success)
        throw mustHold(
          name,
          `the search range of "${path}" must be within the setting's bounds`,
          String(value),
          "narrow the range or widen the bounds",
        );
    }
}

interface Leaf {
  readonly path: string;
  /** Whether a user has to give it. What stands in a group that may be left out is needed only with the group. */
  readonly needed: boolean;
  readonly description?: string;
}

function leavesOf(schema: ZodType): Leaf[] {
  const walk = ({ properties = {}, required = [] }: Schema, path: string, optional: boolean): Leaf[] =>
    Object.entries(properties).flatMap(([key, inner]) => {
      const at = path ? `${path}.${key}` : key;
      const missing = !required.includes(key) && inner.default === undefined;
      if (inner.properties) return walk(inner, at, optional || missing);
      return [
        {
          path: at,
          needed: required.includes(key) && !optional,
          ...(inner.description ? { description: inner.description } : {}),
        },
      ];
    });
  return walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema, "", false);
}

/** `a.b` and a value as an object in an object. */
const nested = (path: string, value: unknown): unknown =>
  path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
