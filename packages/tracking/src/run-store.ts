/** @file The embedded run store: `<home>/runs/<run-id>/`. Needs no server. */
import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { RunSpec } from "@gan-arena/core/base";
import { GanError } from "@gan-arena/core/base";
import { alreadyExists, errnoOf, homeFailure, notWritable, runIsLocked } from "./errors.js";
import type { RunSummary } from "./events.js";
import { nodeFileSystem, writeAtomically, type FileSystem } from "./file-system.js";
import { checkId, resolveId } from "./ids.js";
import { lockOwner } from "./lock.js";
import { RunTracker } from "./run-tracker.js";
import { Run } from "./run.js";
import { readRunSpec } from "./spec.js";

export interface StoreOptions {
  /** Only read: the folder need not be writable. Default false. */
  readonly readOnly?: boolean;
  /** Default: the disk. */
  readonly fs?: FileSystem;
}

export interface RunListing {
  readonly run: Run;
  /** From the end of the events: see {@link Run.tailSummary}. */
  readonly summary: RunSummary;
}

/** A folder in `runs` that cannot be read as a run. */
export interface DamagedRun {
  readonly id: string;
  readonly problem: string;
}

/**
 * Checks that files can be made in `home`, or in the nearest folder above that exists, without making any.
 * @throws GanError NOT_WRITABLE
 */
export function checkWritable(home: string): void {
  let nearest = resolve(home);
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    if (!statSync(nearest).isDirectory()) throw notWritable(home, "ENOTDIR");
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw homeFailure(home, error);
  }
}

/** Names of folders, newest first; those that begin with a dot are not finished or not wanted any more. */
export function folderNames(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => entry.name)
      .sort()
      .reverse();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw homeFailure(directory, error);
  }
}

export class RunStore {
  private constructor(
    readonly home: string,
    private readonly fs: FileSystem,
  ) {}

  /** Makes nothing yet: folders appear with the first run. @throws GanError NOT_WRITABLE when `home` cannot be written */
  static open(home: string, { readOnly = false, fs = nodeFileSystem }: StoreOptions = {}): RunStore {
    if (!readOnly) checkWritable(home);
    return new RunStore(resolve(home), fs);
  }

  private get directory(): string {
    return join(this.home, "runs");
  }

  private directoryOf(id: string): string {
    return join(this.directory, id);
  }

  /** Makes the run's folder and its `run.json`. @throws GanError BAD_CONFIG when it exists, NO_SPACE, NOT_WRITABLE */
  async create(spec: RunSpec): Promise<Run> {
    checkId("run", spec.runId);
    const directory = this.directoryOf(spec.runId);
    try {
      await this.fs.makeDirectory(this.directory);
      await this.fs.makeNewDirectory(directory);
    } catch (error) {
      if (errnoOf(error) === "EEXIST" && existsSync(directory)) throw alreadyExists("run", spec.runId);
      throw homeFailure(this.home, error);
    }
    try {
      await writeAtomically(this.fs, join(directory, "run.json"), Buffer.from(`${JSON.stringify(spec, null, 2)}\n`));
      await this.fs.syncDirectory(this.directory);
    } catch (error) {
      await this.fs.remove(directory).catch(() => undefined);
      throw homeFailure(this.home, error);
    }
    return new Run(this.fs, directory, spec);
  }

  /** @param id a run's name or the start of it, if no other begins so @throws GanError UNKNOWN_NAME, BAD_CONFIG */
  get(id: string): Run {
    return this.load(resolveId("run", id, folderNames(this.directory)));
  }

  /** All runs, newest first. Reads `run.json` and the end of the events of each. */
  list(): RunListing[] {
    return this.scan().runs;
  }

  /** Runs whose names are not in `known`, oldest first; folders that cannot be read, or are just being made, are left out. */
  others(known: { has(id: string): boolean }): Run[] {
    const ids = folderNames(this.directory).filter((id) => !known.has(id));
    return ids.reverse().flatMap((id) => {
      try {
        return [this.load(id)];
      } catch (error) {
        if (error instanceof GanError) return [];
        throw error;
      }
    });
  }

  /** Folders that {@link list} leaves out, and why. */
  listDamaged(): DamagedRun[] {
    return this.scan().damaged;
  }

  /**
   * Removes a run. It disappears at once: the folder gets a hidden name before its files are deleted.
   * @throws GanError UNKNOWN_NAME, NOT_WRITABLE when a process is writing the run
   */
  async remove(id: string): Promise<void> {
    const found = this.checkFree(id);
    const run = { directory: this.directoryOf(found), hidden: join(this.directory, `.removed-${found}`) };
    try {
      await this.fs.remove(run.hidden);
      await this.fs.rename(run.directory, run.hidden);
      await this.fs.remove(run.hidden);
    } catch (error) {
      throw homeFailure(this.home, error);
    }
  }

  /** @returns the run's whole name @throws GanError UNKNOWN_NAME, NOT_WRITABLE when a process is writing the run */
  checkFree(id: string): string {
    const found = resolveId("run", id, folderNames(this.directory));
    const lock = join(this.directoryOf(found), "run.lock");
    const owner = lockOwner(lock);
    if (owner !== undefined) throw runIsLocked(found, owner, lock);
    return found;
  }

  /** A tracker that creates the run at `start`, or resumes it when it is there. */
  tracker(): RunTracker {
    return new RunTracker(async (spec) =>
      existsSync(join(this.directoryOf(spec.runId), "run.json")) ? this.load(spec.runId) : this.create(spec),
    );
  }

  /** @param id exactly the name of a folder */
  private load(id: string): Run {
    const directory = this.directoryOf(id);
    return new Run(this.fs, directory, readRunSpec(join(directory, "run.json"), id));
  }

  private scan(): { runs: RunListing[]; damaged: DamagedRun[] } {
    const runs: RunListing[] = [];
    const damaged: DamagedRun[] = [];
    for (const id of folderNames(this.directory)) {
      try {
        const run = this.load(id);
        runs.push({ run, summary: run.tailSummary() });
      } catch (error) {
        if (!(error instanceof GanError)) throw error;
        damaged.push({ id, problem: error.message });
      }
    }
    return { runs, damaged };
  }
}
