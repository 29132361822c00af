/** @file The command `gan-arena`: parses, runs one command, prints its outcome, and gives the exit code. */
import type { Outcome } from "./command.js";
import { COMMANDS } from "./commands/index.js";
import { createContext } from "./context.js";
import { failureOf, keepStack } from "./failure.js";
import { parse } from "./parse.js";
import { createOutput, type Stream } from "./terminal/output.js";
import { version } from "./version.js";

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Stream;
  readonly stderr: Stream;
}

/**
 * Runs one command.
 * @param words the arguments after the program's name
 * @returns the exit code: 0 done, 1 our fault, 2 the user's to mend, 3 done but MLflow lacks some of it, 130 and 143 interrupted
 */
export async function main(words: readonly string[], around: Surroundings = processSurroundings()): Promise<number> {
  // Known before anything can fail, so that even a wrong option is reported in the form that was asked for.
  const json = words.includes("--json");
  let home: string | undefined;
  try {
    const parsed = parse(words, COMMANDS, { version: version(), columns: around.stdout.columns ?? 100 });
    if ("output" in parsed) {
      around.stdout.write(`${parsed.output}\n`);
      return 0;
    }
    const { command, globals, ...input } = parsed.selected;
    const output = createOutput(around);
    if (globals.json && around.stdout === process.stdout) consoleToStderr();
    const context = await createContext(globals, around.cwd, output);
    home = context.home;
    return print(await command.run(input, context), globals.json, around.stdout);
  } catch (thrown) {
    return report(thrown, { json, home, around });
  }
}

function print({ document, text, exitCode = 0 }: Outcome, json: boolean, stdout: Stream): number {
  if (json) {
    if (document !== undefined) stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (text) stdout.write(`${text}\n`);
  return exitCode;
}

/** A library or a plugin that prints to the console must not break the document on stdout. */
function consoleToStderr(): void {
  const toStderr = (...words: unknown[]) => console.error(...words);
  console.log = toStderr;
  console.info = toStderr;
  console.debug = toStderr;
}

/** One line, the stack in a file or, with GAN_ARENA_DEBUG, on the screen. @returns the exit code */
function report(thrown: unknown, { json, home, around }: Reporting): number {
  const failure = failureOf(thrown);
  const debug = Boolean(around.env["GAN_ARENA_DEBUG"]);
  const kept = debug ? undefined : keepStack(failure, home);
  around.stderr.write(`error: ${failure.message}${kept ? `; ${kept}` : ""}\n`);
  if (debug) around.stderr.write(`${failure.stack ?? (thrown instanceof Error ? thrown.stack : undefined) ?? ""}\n`);
  const { code, message } = failure;
  if (json) around.stdout.write(`${JSON.stringify({ error: { code, message } }, undefined, 2)}\n`);
  return failure.exitCode;
}

interface Reporting {
  readonly json: boolean;
  readonly home: string | undefined;
  readonly around: Surroundings;
}

/** Whoever reads our output may leave before the end (`… | head`): that is no error. */
function processSurroundings(): Surroundings {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  const around = { cwd: process.cwd(), env: process.env, stdout: process.stdout, stderr: process.stderr };
  // What a plugin throws behind our back would else end in a stack trace.
  process.on("uncaughtException", (thrown) => process.exit(report(thrown, { json: false, home: undefined, around })));
  return around;
}
