/** @file From the words of the command line to a command and its checked options. yargs splits, we judge. */
import yargs, { type Argv } from "yargs";
import type { Command, Positional } from "./command.js";
import {
  badArguments,
  missingArgument,
  missingValue,
  unexpectedArgument,
  unknownCommand,
  unknownOption,
} from "./errors.js";
import { describeOption } from "./help.js";
import { valuesOf } from "./option-values.js";
import { flagName, GLOBAL_OPTIONS, type GlobalValues, type OptionSpecs } from "./options.js";

interface Selected {
  readonly command: Command;
  readonly positionals: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly globals: GlobalValues;
}

/** Either a command to run, or text to show (help, version). */
export type Parsed = { readonly selected: Selected } | { readonly output: string };

type Argument = Readonly<Record<string, unknown>>;

interface Surroundings {
  readonly version: string;
  /** Width of the terminal, for the help. */
  readonly columns: number;
}

/** @throws GanError UNKNOWN_NAME or BAD_CONFIG, one sentence each; yargs' own sentences never reach the user */
export function parse(words: readonly string[], commands: readonly Command[], around: Surroundings): Parsed {
  let place: Command | string = "gan-arena";
  let chosen: { readonly command: Command; readonly argv: Argument } | undefined;
  const choose = (command: Command) => (argv: Argument) => void (chosen = { command, argv });
  const fail = (message: string, error: Error | undefined): never => {
    if (error instanceof Error && !message) throw error;
    throw explain(message, place, commands, words);
  };

  let output = "";
  const parser = yargs()
    .scriptName("gan-arena")
    .usage(
      "$0 <command> [options]\n\nTrains GAN variants under one protocol, and shows which is better and by how much.",
    )
    .locale("en")
    .updateStrings(SENTENCES as unknown as Record<string, string>)
    .parserConfiguration(PARSER)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail(fail)
    .strict()
    .strictCommands()
    .help("help", "show this help")
    .alias("help", "h")
    .version("version", "show the version", around.version)
    .wrap(Math.min(Math.max(around.columns, 60), 110))
    .epilogue("Exit codes: 0 done, 1 our fault, 2 yours to mend, 130 interrupted (a checkpoint is written first).");
  addOptions(parser, GLOBAL_OPTIONS, "Global options:");
  parser.group(["help", "version"], "Global options:");

  for (const group of groupsOf(commands)) {
    const only = group.commands[0];
    if (!group.nested && only) {
      parser.command(usageOf(only), only.summary, (y) => ((place = only), addCommand(y, only)), choose(only));
      continue;
    }
    parser.command(
      group.name,
      GROUPS[group.name] ?? group.commands.map((command) => command.summary).join("; "),
      (y) => {
        place = group.name;
        for (const command of group.commands) {
          const usage = usageOf(command).slice(group.name.length + 1);
          const names = command.groupDefault ? [usage, "$0"] : usage;
          y.command(
            names,
            command.summary,
            (inner) => ((place = command), addCommand(inner, command)),
            choose(command),
          );
        }
        return y.demandCommand(1);
      },
      () => undefined,
    );
  }
  // Nothing here is asynchronous: the command itself runs later.
  void parser.parse([...words], {}, (_error: Error | undefined, _argv: unknown, text: string) => void (output = text));

  if (output) return { output };
  if (!chosen) {
    parser.showHelp((text: string) => void (output = text));
    return { output };
  }
  const { command, argv } = chosen as { command: Command; argv: Argument };
  return {
    selected: {
      command,
      positionals: positionalsOf(command, argv),
      rest: command.positionals.filter(({ many }) => many).flatMap(({ name }) => (argv[name] as unknown[]).map(String)),
      options: valuesOf(command.options, argv),
      globals: valuesOf(GLOBAL_OPTIONS, argv) as GlobalValues,
    },
  };
}

const GROUPS: Readonly<Record<string, string>> = {
  runs: "The runs in the store: list, show, rm",
  sweep: "Search hyperparameters over variants: <file>, resume, show, list, check, render, collect",
  variants: "The GAN variants: list, show",
};

/** Values stay text: `--seed 007` and `--set name=1e3` must arrive as they were typed. */
const PARSER = { "parse-numbers": false, "parse-positional-numbers": false, "dot-notation": false };

/** yargs' sentences, replaced by a code and what it fills in. */
const SENTENCES = {
  boolean: "flag",
  string: "text",
  "Unknown argument: %s": { one: "unknown-option\t%s", other: "unknown-option\t%s" },
  "Unknown command: %s": { one: "unknown-command\t%s", other: "unknown-command\t%s" },
  "Not enough arguments following: %s": "missing-value\t%s",
  "Not enough non-option arguments: got %s, need at least %s": {
    one: "missing-argument\t%s\t%s",
    other: "missing-argument\t%s\t%s",
  },
};

function explain(
  message: string,
  place: Command | string,
  commands: readonly Command[],
  words: readonly string[],
): Error {
  const where = typeof place === "string" ? place : place.name;
  const [code = "", filled = "", more = ""] = message.split("\t");
  const first = filled.split(", ")[0] ?? "";
  if (code === "unknown-option") {
    const typed = words.find((word) => word.replace(/=.*$/su, "").replace(/^-+/u, "") === first)?.replace(/=.*$/su, "");
    const own = typeof place === "string" ? {} : place.options;
    return unknownOption(where, typed ?? (first.length === 1 ? `-${first}` : `--${first}`), knownFlags(own));
  }
  if (code === "unknown-command") {
    if (typeof place !== "string" && !place.groupDefault) return unexpectedArgument(where, first, formOf(place));
    const group = typeof place === "string" ? place : (place.name.split(" ")[0] ?? "");
    const names = commands.map((command) => command.name.split(" "));
    const known =
      group === "gan-arena"
        ? names.map((name) => name[0] ?? "")
        : names.filter((name) => name[0] === group).map((name) => name[1] ?? "");
    return unknownCommand(group, first, [...new Set(known)]);
  }
  if (code === "missing-value") return missingValue(where, first.length === 1 ? `-${first}` : `--${flagName(first)}`);
  if (code === "missing-argument" && typeof place !== "string") {
    const needed = place.positionals.filter((positional) => !positional.optional);
    return missingArgument(where, needed[Number(filled)]?.name ?? more, formOf(place));
  }
  return badArguments(where, message.replaceAll("\t", " "));
}

const knownFlags = (own: OptionSpecs): string[] => [
  ...Object.entries({ ...own, ...GLOBAL_OPTIONS } as OptionSpecs)
    .filter(([, option]) => !option.hidden)
    .map(([name]) => `--${flagName(name)}`),
  "--help",
  "--version",
];

const usageOf = (command: Command): string => [command.name, ...command.positionals.map(formOfPositional)].join(" ");

const formOfPositional = ({ name, optional, many }: Positional): string => {
  const inner = many ? `${name}..` : name;
  return optional ? `[${inner}]` : `<${inner}>`;
};

const formOf = (command: Command): string => `gan-arena ${usageOf(command)} [options]`;

interface Group {
  readonly name: string;
  readonly nested: boolean;
  readonly commands: readonly Command[];
}

function groupsOf(commands: readonly Command[]): Group[] {
  const names = [...new Set(commands.map((command) => command.name.split(" ")[0] ?? ""))];
  return names.map((name) => ({
    name,
    nested: commands.some((command) => command.name.startsWith(`${name} `)),
    commands: commands.filter((command) => command.name.split(" ")[0] === name),
  }));
}

function addCommand(parser: Argv, command: Command): Argv {
  parser.usage(`$0 ${usageOf(command)} [options]\n\n${command.summary}.`);
  for (const { name, describe } of command.positionals) parser.positional(name, { type: "string", describe });
  addOptions(parser, command.options, "Options:");
  for (const [example, what] of command.examples ?? []) parser.example(`$0 ${example}`, what);
  return parser;
}

function addOptions(parser: Argv, options: OptionSpecs, group: string): void {
  for (const [name, option] of Object.entries(options))
    parser.option(flagName(name), {
      describe: describeOption(option),
      group,
      ...(option.form === "flag" ? { boolean: true } : { nargs: 1 }),
      ...(option.alias ? { alias: option.alias } : {}),
      ...(option.hidden ? { hidden: true } : {}),
    });
}

const positionalsOf = (command: Command, argv: Argument): Record<string, string> =>
  Object.fromEntries(
    command.positionals
      .filter(({ name, many }) => !many && argv[name] !== undefined)
      .map(({ name }) => [name, String(argv[name])]),
  );
