/** @file Messages that only the command line can give. */
import { badConfig, GanError, suggest } from "@gan-arena/core/base";

export const unknownOption = (where: string, option: string, known: readonly string[]): GanError =>
  new GanError("UNKNOWN_NAME", `[${where}] there is no option ${option}; ${suggest(option, known)}`);

export const unknownCommand = (where: string, command: string, known: readonly string[]): GanError =>
  new GanError("UNKNOWN_NAME", `[${where}] there is no command "${command}"; ${suggest(command, known)}`);

export const unexpectedArgument = (where: string, argument: string, usage: string): GanError =>
  new GanError("BAD_CONFIG", `[${where}] "${argument}" is one argument too many; the form is: ${usage}`);

export const missingArgument = (where: string, argument: string, usage: string): GanError =>
  new GanError("BAD_CONFIG", `[${where}] <${argument}> is missing; the form is: ${usage}`);

export const missingValue = (where: string, option: string): GanError =>
  new GanError("BAD_CONFIG", `[${where}] ${option} needs a value; write ${option} <value>`);

export const givenTwice = (where: string, option: string): GanError =>
  new GanError("BAD_CONFIG", `[${where}] ${option} is given twice and takes one value; leave one out`);

export const badArguments = (where: string, problem: string): GanError =>
  new GanError("BAD_CONFIG", `[${where}] ${problem}; see --help`);

export const noSpace = (where: string, cause: unknown): GanError =>
  new GanError("NO_SPACE", `[${where}] no space is left on the disk; free some and start again`, { cause });

export const notWritable = (where: string, code: string, cause: unknown): GanError =>
  new GanError("NOT_WRITABLE", `[${where}] cannot be written (${code}); choose another place`, { cause });

export const noBenchmarks = (): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    "[bench] the benchmarks are in the repository, and this is an installed package; run it in a clone, after npm run build",
  );

/** @param code 2: what was asked for cannot be done, and the last line says why */
export const benchmarkFailed = (code: number | null, lastLine: string): GanError =>
  code === 2
    ? badConfig("bench", `${lastLine}; see: gan-arena bench --help`)
    : new GanError("INTERNAL", `[bench] the measurement ended with ${code ?? "a signal"}: ${lastLine}`);

export const noEngine = (reasons: readonly string[]): GanError =>
  new GanError("MISSING_DEPENDENCY", `[engine] no engine can run here: ${reasons.join("; ")}`);

export const noProviders = (engine: string, provider: string): GanError =>
  badConfig(
    "--provider",
    `the engine ${engine} computes in one place only, got "${provider}"; leave it out, or add --engine onnx`,
  );

export const engineUnavailable = (name: string, reason: string): GanError =>
  new GanError("MISSING_DEPENDENCY", `[engine ${name}] cannot run here: ${reason}`);
