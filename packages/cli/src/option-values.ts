/** @file From the text of options to their values; what does not fit is refused in the words of a config error. */
import { badConfig } from "@gan-arena/core/base";
import { asNumber } from "./config/assignment.js";
import { expectation, show } from "./config/field.js";
import { givenTwice } from "./errors.js";
import { flagName, type Bounds, type OptionSpec, type OptionSpecs } from "./options.js";

/** @param argv what yargs made of the words: text, lists of text where an option was repeated, booleans for flags */
export const valuesOf = (options: OptionSpecs, argv: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      valueOf(option, argv[flagName(name)], `--${flagName(name)}`),
    ]),
  );

function valueOf(option: OptionSpec, raw: unknown, where: string): unknown {
  if (raw === undefined) return option.initial;
  const all = Array.isArray(raw) ? (raw as unknown[]) : [raw];
  if (option.form === "flag") return all.at(-1);
  const words = all.map(String);
  if (option.form === "repeated") return words;
  if (option.form === "list" || option.form === "numbers") {
    const parts = words.flatMap((word) => word.split(",")).map((part) => filled(part.trim(), "a,b,…", where));
    return option.form === "list" ? parts : parts.map((part) => bounded(part, option.bounds, where));
  }
  const [word = ""] = words;
  if (words.length > 1) throw givenTwice("gan-arena", where);
  return option.form === "number" ? bounded(word, option.bounds, where) : filled(word, "text", where);
}

function filled(word: string, expected: string, where: string): string {
  if (word === "") throw badConfig(where, `expected ${expected}, got nothing; give it a value or leave it out`);
  return word;
}

function bounded(word: string, bounds: Bounds = { type: "number" }, where: string): number {
  const value = asNumber(word);
  const fits =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (bounds.type === "number" || Number.isSafeInteger(value)) &&
    value >= (bounds.minimum ?? -Infinity) &&
    value <= (bounds.maximum ?? Infinity) &&
    value > (bounds.above ?? -Infinity);
  if (!fits)
    throw badConfig(
      where,
      `expected ${expectation({ path: "", ...bounds })}, got ${show(value)}; change it or leave it out`,
    );
  return value;
}
