/** @file The JSON schema of a sweep file, for editors: made from the schema that files are checked with. */
import { z } from "zod";
import { PRUNERS } from "../pruners/index.js";
import { SAMPLERS } from "../samplers/index.js";
import type { PluginFactory } from "../study/plugins.js";
import { snakeCase } from "./plugin.js";
import { specSchema } from "./schema.js";

type Json = Record<string, unknown>;

export function sweepJsonSchema(): Json {
  const schema = z.toJSONSchema(specSchema, { io: "input", target: "draft-2020-12", reused: "inline" }) as Json;
  const properties = schema["properties"] as Record<string, Json>;
  properties["method"] = withChoices(properties["method"], SAMPLERS);
  properties["early_terminate"] = withChoices(properties["early_terminate"], PRUNERS);
  return { title: "Sweep of gan-arena", ...schema };
}

/** Our own plugins with their options, and any other name, which a plugin may have registered. */
function withChoices({ description }: Json, plugins: readonly PluginFactory<unknown>[]): Json {
  const names = plugins.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  return { description, anyOf: [{ enum: names }, ...plugins.map(choiceOf), { type: "string" }] };
}

function choiceOf({ name, aliases = [], summary, options }: PluginFactory<unknown>): Json {
  const { properties = {} } = z.toJSONSchema(options, { io: "input" }) as { properties?: Record<string, Json> };
  const snake = Object.entries(properties).map(([key, value]) => [snakeCase(key), value] as const);
  return {
    type: "object",
    description: summary,
    properties: { type: { enum: [name, ...aliases] }, ...Object.fromEntries(snake) },
    required: ["type"],
    additionalProperties: false,
  };
}
