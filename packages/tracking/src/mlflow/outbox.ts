/**
 * @file What a server has of each run: `<home>/outbox/<server>/<id>.json`, replaced whole and fsynced.
 *
 * The events are not copied: the run's own `events.jsonl` is the queue, and a cursor says how far it was sent.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { outboxFailure, targetIsLocked } from "../errors.js";
import { nodeFileSystem, writeAtomically, type FileSystem } from "../file-system.js";
import { checkId, slug } from "../ids.js";
import { RunLock } from "../lock.js";
import type { Place } from "./tail.js";

/** How far one run, or the parent of a comparison or sweep, has come on one server. */
export interface Cursor {
  readonly formatVersion: 1;
  readonly id: string;
  /** On a server that was set up anew under the same address the numbers begin again; the time tells. */
  readonly experiment: { readonly id: string; readonly createdAt: number };
  readonly mlflowRunId: string;
  readonly place: Place;
  /** The last round of each kind and name that was sent: what a resumed run plays and logs again is passed over. */
  readonly seen: Readonly<Record<string, number>>;
  /** Of the params and tags that were sent. */
  readonly description: string;
  /** Status and end time as they were sent, for example "FINISHED 1790000000000". */
  readonly ending: string;
  /** What was sent of each artifact: its sha256. */
  readonly files: Readonly<Record<string, string>>;
  /** Why the server takes no artifacts, in one sentence; the metrics are sent all the same. */
  readonly refused?: string;
}

const FOLDER = "outbox";

export class Outbox {
  private constructor(
    readonly directory: string,
    private readonly uri: string,
    private readonly fs: FileSystem,
  ) {}

  /** Makes nothing yet. @param uri the server's address without credentials */
  static open(home: string, uri: string, fs: FileSystem = nodeFileSystem): Outbox {
    const hash = sha256(uri).slice(0, 8);
    const name = `${slug(uri.replace(/^https?:\/\//u, ""), 60)}-${hash}`;
    return new Outbox(join(resolve(home), FOLDER, name), uri, fs);
  }

  /** Undefined when nothing was sent, or when the file is damaged: everything is then sent again, which is harmless. */
  read(id: string): Cursor | undefined {
    try {
      const value = JSON.parse(readFileSync(this.#file(id), "utf8")) as Partial<Cursor> | null;
      const sound =
        value?.formatVersion === 1 &&
        value.id === id &&
        typeof value.mlflowRunId === "string" &&
        typeof value.place?.offset === "number" &&
        typeof value.seen === "object" &&
        typeof value.files === "object" &&
        typeof value.experiment?.id === "string";
      return sound ? (value as Cursor) : undefined;
    } catch {
      return undefined;
    }
  }

  /** On the disk when it resolves. @throws GanError NO_SPACE, NOT_WRITABLE */
  async write(cursor: Cursor): Promise<void> {
    await this.#guard(async () => {
      await this.#prepare();
      await writeAtomically(this.fs, this.#file(cursor.id), Buffer.from(`${JSON.stringify(cursor)}\n`));
    });
  }

  /** Held by the one process that sends a target. @throws GanError NOT_WRITABLE naming the owner, NO_SPACE */
  async lock(id: string): Promise<{ release(): Promise<void> }> {
    const path = join(this.directory, `${id}.lock`);
    return this.#guard(async () => {
      await this.#prepare();
      return RunLock.acquire(this.fs, path, id, (owner) => targetIsLocked(id, owner, path));
    });
  }

  /**
   * A fresh folder for what exists only while it is sent; the caller removes it. What a killed process has left in it goes,
   * so ask only while holding the target's lock.
   */
  async scratch(id: string): Promise<{ readonly directory: string; remove(): Promise<void> }> {
    const directory = this.#file(id).replace(/json$/u, "tmp");
    return this.#guard(async () => {
      await this.fs.remove(directory);
      await this.fs.makeDirectory(directory);
      return { directory, remove: () => this.fs.remove(directory).catch(() => undefined) };
    });
  }

  async #prepare(): Promise<void> {
    await this.fs.makeDirectory(this.directory);
    const file = join(this.directory, "server.json");
    if (statSync(file, { throwIfNoEntry: false }) === undefined)
      await writeAtomically(this.fs, file, Buffer.from(`${JSON.stringify({ uri: this.uri })}\n`));
  }

  #file(id: string): string {
    checkId("run", id);
    return join(this.directory, `${id}.json`);
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw outboxFailure(this.directory, error);
    }
  }
}

/** The address to which a run, comparison or sweep was sent last, or undefined. */
export function lastServerOf(home: string, id: string): string | undefined {
  const folder = join(resolve(home), FOLDER);
  const sent = names(folder).flatMap((name) => {
    const time = statSync(join(folder, name, `${id}.json`), { throwIfNoEntry: false })?.mtimeMs;
    return time === undefined ? [] : [{ name, time }];
  });
  const newest = sent.sort((a, b) => b.time - a.time)[0];
  if (newest === undefined) return undefined;
  try {
    const { uri } = JSON.parse(readFileSync(join(folder, newest.name, "server.json"), "utf8")) as { uri?: unknown };
    return typeof uri === "string" ? uri : undefined;
  } catch {
    return undefined;
  }
}

const names = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
