/** @file A variant's settings with small networks: checks look at properties that do not depend on size. */
import type { AnyVariant } from "../di.js";

/** Settings that count units, by the last part of their name, and what is enough of each. */
const ENOUGH: readonly (readonly [name: RegExp, value: number])[] = [
  [/(filters|channels|hidden|width|units|features)$/iu, 8],
  [/(blocks|depth|layers)$/iu, 2],
  [/(zDim|wDim)$/u, 8],
];

/**
 * The variant's config, with every number of filters, units, layers and latents cut down to a few.
 * @param config parsed; default: all defaults
 * @param keep dotted paths that stay as they are
 * @returns the config, and the paths that were changed; the given one when the schema refuses the small one
 */
export function smallConfig(
  variant: AnyVariant,
  config: unknown = variant.config.parse({}),
  keep: readonly string[] = [],
): { readonly config: unknown; readonly changed: Readonly<Record<string, number>> } {
  const changed: Record<string, number> = {};
  const shrunk = shrink(config, "", (path, value) => {
    const enough = ENOUGH.find(([name]) => name.test(path))?.[1];
    if (enough === undefined || keep.includes(path) || value <= enough) return value;
    changed[path] = enough;
    return enough;
  });
  const result = variant.config.safeParse(shrunk);
  return result.success ? { config: result.data as unknown, changed } : { config, changed: {} };
}

function shrink(value: unknown, path: string, change: (path: string, value: number) => number): unknown {
  if (typeof value === "number" && Number.isInteger(value)) return change(path, value);
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, shrink(inner, path ? `${path}.${key}` : key, change)]),
  );
}
