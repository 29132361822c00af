/**
 * @file What a command line option is: a name, one line of help, and what its text must be.
 *
 * A closed set of forms instead of zod schemas: `--help` and the quick commands must not wait for zod to load.
 */
import type { Field } from "./config/field.js";

/** `list` is comma-separated and may be repeated; `repeated` is one value each time it is given, commas and all. */
type OptionForm = "text" | "number" | "flag" | "list" | "numbers" | "repeated";

/** Of a number, or of each number of a list. */
export type Bounds = Pick<Field, "minimum" | "maximum" | "above"> & { readonly type: "integer" | "number" };

export interface OptionSpec<T = unknown> {
  readonly form: OptionForm;
  readonly describe: string;
  readonly bounds?: Bounds;
  /** The value when the option is not given. */
  readonly initial: T;
  /** One letter. */
  readonly alias?: string;
  /** Known and accepted, and left out of the help: for the processes that the command itself starts. */
  readonly hidden?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The values of a command's options after checking, by name. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]: O[K] extends OptionSpec<infer T> ? T : never;
};

type Extra = Pick<OptionSpec, "alias" | "hidden">;

export const text = (describe: string, extra: Extra = {}): OptionSpec<string | undefined> => ({
  form: "text",
  describe,
  initial: undefined,
  ...extra,
});

export const number = (describe: string, bounds: Bounds, extra: Extra = {}): OptionSpec<number | undefined> => ({
  form: "number",
  describe,
  bounds,
  initial: undefined,
  ...extra,
});

export const flag = (describe: string, extra: Extra = {}): OptionSpec<boolean> => ({
  form: "flag",
  describe,
  initial: false,
  ...extra,
});

export const list = (describe: string, extra: Extra = {}): OptionSpec<readonly string[] | undefined> => ({
  form: "list",
  describe,
  initial: undefined,
  ...extra,
});

export const numbers = (
  describe: string,
  bounds: Bounds,
  extra: Extra = {},
): OptionSpec<readonly number[] | undefined> => ({
  form: "numbers",
  describe,
  bounds,
  initial: undefined,
  ...extra,
});

export const repeated = (describe: string, extra: Extra = {}): OptionSpec<readonly string[]> => ({
  form: "repeated",
  describe,
  initial: [],
  ...extra,
});

/** A whole number from `minimum` to `maximum`. */
export const whole = (minimum: number, maximum?: number): Bounds => ({
  type: "integer",
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});

/** A number above 0. */
export const POSITIVE: Bounds = { type: "number", above: 0 };

/** `checkpointKimg` is written `--checkpoint-kimg`. */
export const flagName = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

/** Options that every command takes. */
export const GLOBAL_OPTIONS = {
  home: text("folder of runs and comparisons (default: ./arena)"),
  config: text("config file (default: gan-arena.config.{yaml,json,js} here)"),
  plugin: repeated("npm package, folder or file that exports register(container); may be repeated"),
  json: flag("print one JSON document on stdout; text for people goes to stderr"),
} as const satisfies OptionSpecs;

export type GlobalValues = OptionValues<typeof GLOBAL_OPTIONS>;
