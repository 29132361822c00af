/** @file Sweeps: `<home>/sweeps/<id>/sweep.json`, the journal of trials beside it, and the lock of who plays it. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { GanError } from "@gan-arena/core/base";
import { alreadyExists, damagedFile, errnoOf, homeFailure, sweepIsLocked } from "./errors.js";
import { nodeFileSystem, removeTemporaries, writeAtomically, type FileSystem } from "./file-system.js";
import { checkId, resolveId } from "./ids.js";
import { lockOwner, RunLock } from "./lock.js";
import { checkWritable, folderNames, type StoreOptions } from "./run-store.js";
import { readFormat1 } from "./spec.js";

/** What a sweep was started with. The store knows no more of it than this: the rest belongs to who plays it. */
export interface SweepRecord {
  readonly formatVersion: 1;
  readonly sweepId: string;
  readonly createdAt: string;
  /** The spec as it was checked, defaults filled in. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** How it is played: executor, threads, plugins. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The folder of one sweep. */
export interface StoredSweep {
  readonly id: string;
  readonly directory: string;
  readonly journalFile: string;
  readonly reportFile: string;
  readonly record: SweepRecord;
  /** Who plays it now, in words, or undefined. */
  readonly owner: string | undefined;
}

export class SweepStore {
  private constructor(
    readonly home: string,
    private readonly fs: FileSystem,
  ) {}

  /** Makes nothing yet. @throws GanError NOT_WRITABLE when `home` cannot be written */
  static open(home: string, { readOnly = false, fs = nodeFileSystem }: StoreOptions = {}): SweepStore {
    if (!readOnly) checkWritable(home);
    return new SweepStore(resolve(home), fs);
  }

  private get directory(): string {
    return join(this.home, "sweeps");
  }

  /** @throws GanError BAD_CONFIG when it exists, NO_SPACE, NOT_WRITABLE */
  async create(record: SweepRecord): Promise<StoredSweep> {
    checkId("sweep", record.sweepId);
    const directory = join(this.directory, record.sweepId);
    await this.guard(async () => {
      await this.fs.makeDirectory(this.directory);
      await this.fs.makeNewDirectory(directory).catch((error: unknown) => {
        throw errnoOf(error) === "EEXIST" ? alreadyExists("sweep", record.sweepId) : error;
      });
    });
    await this.write(record.sweepId, "sweep.json", `${JSON.stringify(record, null, 2)}\n`);
    return this.at(record);
  }

  /** @param id a sweep's name or the start of it @throws GanError UNKNOWN_NAME, BAD_CONFIG */
  get(id: string): StoredSweep {
    return this.load(resolveId("sweep", id, folderNames(this.directory)));
  }

  /** All sweeps that can be read, newest first. */
  list(): StoredSweep[] {
    return folderNames(this.directory).flatMap((id) => {
      try {
        return [this.load(id)];
      } catch (error) {
        if (error instanceof GanError) return [];
        throw error;
      }
    });
  }

  /** Stores any file, for example `report.html`, in the sweep's folder and returns its path. */
  async write(id: string, name: string, bytes: Uint8Array | string): Promise<string> {
    checkId("sweep file", name);
    const directory = join(this.directory, id);
    const path = join(directory, name);
    await this.guard(async () => {
      await removeTemporaries(this.fs, directory);
      await writeAtomically(this.fs, path, typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes);
    });
    return path;
  }

  /**
   * Held by the one process that plays the sweep, or one trial of it.
   * @param part of the sweep, as a file's name @throws GanError NOT_WRITABLE naming who plays it
   */
  async lock(id: string, part = "sweep"): Promise<{ release(): Promise<void> }> {
    const path = join(this.directory, id, `${part}.lock`);
    try {
      return await RunLock.acquire(this.fs, path, id, (owner) => sweepIsLocked(id, owner, path));
    } catch (error) {
      throw homeFailure(this.home, error);
    }
  }

  private load(id: string): StoredSweep {
    const path = join(this.directory, id, "sweep.json");
    // A process that was killed between making the folder and filling it leaves an empty one.
    if (!existsSync(path))
      throw damagedFile(path, "the file is missing", "start the sweep again, and remove the folder");
    const record = readFormat1(path, "sweepId", id);
    const wrong = (["spec", "options"] as const).find(
      (field) => typeof record[field] !== "object" || record[field] === null,
    );
    if (wrong !== undefined) throw damagedFile(path, `${wrong} must be an object`, "restore the file from a copy");
    return this.at(record as unknown as SweepRecord);
  }

  private at(record: SweepRecord): StoredSweep {
    const directory = join(this.directory, record.sweepId);
    return {
      id: record.sweepId,
      directory,
      journalFile: join(directory, "journal.jsonl"),
      reportFile: join(directory, "report.html"),
      record,
      owner: lockOwner(join(directory, "sweep.lock")),
    };
  }

  private async guard(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw homeFailure(this.home, error);
    }
  }
}
