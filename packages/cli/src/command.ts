/** @file What a command is: its names, its options, and what it does with a {@link Context}. */
import type { Context } from "./context.js";
import type { OptionSpecs, OptionValues } from "./options.js";

export interface Positional {
  readonly name: string;
  readonly describe: string;
  /** May be left out, as the last one. */
  readonly optional?: boolean;
  /** May be given more than once, as the last one; the values are in `rest`. */
  readonly many?: boolean;
}

/** What a command hands back: the same facts for machines and for people. */
export interface Outcome {
  /** Printed as one JSON document with `--json`. */
  readonly document: unknown;
  /** Printed on stdout without `--json`. */
  readonly text?: string;
  /** 0 when left out. */
  readonly exitCode?: number;
}

interface CommandInput<O extends OptionSpecs> {
  readonly positionals: Readonly<Record<string, string>>;
  /** Values of the positional that may be given more than once. */
  readonly rest: readonly string[];
  readonly options: OptionValues<O>;
}

export interface Command<O extends OptionSpecs = OptionSpecs> {
  /** One word, or two: group and command, for example `runs list`. */
  readonly name: string;
  /** Played when only the group's name is given. */
  readonly groupDefault?: boolean;
  readonly summary: string;
  readonly positionals: readonly Positional[];
  readonly options: O;
  readonly examples?: readonly (readonly [command: string, what: string])[];
  run(input: CommandInput<O>, context: Context): Promise<Outcome>;
}

/** A command whose `run` knows its options by type; in the table of commands the types no longer matter. */
export const defineCommand = <const O extends OptionSpecs>(command: Command<O>): Command => command;
