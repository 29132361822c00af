/** @file Messages of executors, one function each. */
import { badConfig, GanError, suggest } from "@gan-arena/core/base";

const RESUME = "the sweep can be resumed";

/** @throws GanError when there are any */
export function noSettings(executor: string, settings: Readonly<Record<string, unknown>>): void {
  const [name] = Object.keys(settings);
  if (name !== undefined)
    throw badConfig(`executor.${name}`, `the executor "${executor}" takes no settings; leave ${name} out`);
}

export const unknownSetting = (executor: string, name: string, known: readonly string[]): GanError =>
  new GanError(
    "UNKNOWN_NAME",
    `[executor.${name}] the executor "${executor}" has no setting "${name}"; ${suggest(name, known)}`,
  );

export const badSetting = (name: string, expected: string, got: unknown): GanError =>
  badConfig(`executor.${name}`, `expected ${expected}, got ${JSON.stringify(got)}; change ${name}`);

export const unreachable = (address: string, reason: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[ray] the cluster at ${address} cannot be reached (${reason}); start it with: ray start --head, or mend ` +
      `executor.address or RAY_ADDRESS; ${RESUME}`,
  );

export const notRay = (address: string, got: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[ray] what answers at ${address} is no Ray dashboard (${got}); executor.address must be that of the dashboard, ` +
      "for example http://127.0.0.1:8265",
  );

export const tokenRejected = (address: string, hasToken: boolean): GanError =>
  new GanError(
    "BAD_CONFIG",
    hasToken
      ? `[ray] the cluster at ${address} rejects the token; set RAY_AUTH_TOKEN to the cluster's token; ${RESUME}`
      : `[ray] the cluster at ${address} asks for a token; set RAY_AUTH_TOKEN to the cluster's token; ${RESUME}`,
  );

export const tooSmall = (address: string, what: string, needed: number, total: number): GanError =>
  badConfig(
    "ray",
    `a trial needs ${needed} ${what}, and no node of the cluster at ${address} has more than ${total}; ` +
      `ask for less in the executor's settings, or add a larger node`,
  );

export const refusedJob = (job: string, status: number, answer: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[ray] the cluster refuses the job ${job} (HTTP ${status}): ${lastLine(answer)}; mend that; ${RESUME}`,
  );

export const noNode = (command: string, words: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[ray] the machines or the image of the cluster cannot run "${command}" (${lastLine(words)}); install Node 20.19 or ` +
      `newer and gan-arena there, name an image that has them with executor.image, or another command with ` +
      `executor.command; ${RESUME}`,
  );

export const badEnvironment = (job: string, message: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[ray] the surroundings of the job ${job} cannot be made: ${lastLine(message)}; mend executor.image or ` +
      `executor.workingDir; ${RESUME}`,
  );

export const workingDirTooLarge = (folder: string, mebibytes: number): GanError =>
  badConfig(
    "executor.workingDir",
    `${folder} is ${mebibytes.toFixed(0)} MiB packed and Ray takes 100 MiB; name a smaller folder, or use executor.image`,
  );

/** The line of a traceback that says what is wrong. */
function lastLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /[a-z]/iu.test(line));
  const line = lines.at(-1) ?? "no reason given";
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
