/** @file Checkpoints of one run: files that are whole or not there. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointStore } from "@gan-arena/core/base";
import { badArtifactName, errnoOf, runFailure } from "./errors.js";
import { removeTemporaries, writeAtomically, type FileSystem } from "./file-system.js";

const FOLDER = "checkpoints";
const NAME = /^(\d{9,})\.safetensors$/;

/** Nine digits keep names in order for a billion rounds; more digits still read back. */
const nameOf = (round: number): string => `${String(round).padStart(9, "0")}.safetensors`;

interface Entry {
  readonly file: string;
  readonly round: number;
}

/** Keeps checkpoints in the folder `checkpoints` of a run. Reading needs no lock; only the owner of the run's lock saves. */
export class FileCheckpoints implements CheckpointStore {
  private swept = false;

  constructor(
    private readonly fs: FileSystem,
    private readonly runId: string,
    private readonly runDirectory: string,
  ) {}

  private get directory(): string {
    return join(this.runDirectory, FOLDER);
  }

  /**
   * Writes a checkpoint, and only when it is on the disk removes old ones: this one and the next older one stay. Later
   * rounds are removed too: a run that saves round n has come from an earlier round, because the later ones were damaged.
   * @throws GanError NO_SPACE or NOT_WRITABLE; earlier checkpoints are untouched
   */
  async save(round: number, bytes: Uint8Array): Promise<string> {
    const name = nameOf(round);
    try {
      await this.sweep();
      await this.fs.makeDirectory(this.directory);
      await this.syncEvents();
      await writeAtomically(this.fs, join(this.directory, name), bytes);
      const older = (await this.list()).filter((entry) => entry.round !== round);
      const previous = older.find((entry) => entry.round < round);
      for (const entry of older) if (entry !== previous) await this.fs.remove(join(this.runDirectory, entry.file));
    } catch (error) {
      throw runFailure(this.runId, this.directory, error);
    }
    return `${FOLDER}/${name}`;
  }

  /** Newest first; files that are still being written are not listed. */
  async list(): Promise<readonly Entry[]> {
    const names = await readdir(this.directory).catch((error: unknown) => {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    });
    return names
      .flatMap((name) => {
        const digits = NAME.exec(name)?.[1];
        return digits === undefined ? [] : [{ file: `${FOLDER}/${name}`, round: Number(digits) }];
      })
      .sort((a, b) => b.round - a.round);
  }

  /** @throws GanError BAD_CONFIG when `file` is not a name that {@link list} gives */
  async load(file: string): Promise<Uint8Array> {
    const name = file.startsWith(`${FOLDER}/`) ? file.slice(FOLDER.length + 1) : "";
    if (!NAME.test(name)) throw badArtifactName(this.runId, file);
    return readFile(join(this.directory, name));
  }

  /**
   * Makes the events that led here durable first: a run that resumes from this checkpoint never logs them again. Flushing
   * through another handle is enough, for it is the file that is flushed.
   */
  private async syncEvents(): Promise<void> {
    const path = join(this.runDirectory, "events.jsonl");
    if (!existsSync(path)) return;
    const file = await this.fs.open(path, "update");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Removes what a killed process left half written, once. */
  private async sweep(): Promise<void> {
    if (this.swept) return;
    await removeTemporaries(this.fs, this.directory);
    this.swept = true;
  }
}
