/** @file Comparisons: `<home>/comparisons/<id>/comparison.json` and `report.html`. The runs themselves are in the run store. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { GanError } from "@gan-arena/core/base";
import { alreadyExists, damagedFile, errnoOf, homeFailure } from "./errors.js";
import { nodeFileSystem, removeTemporaries, writeAtomically, type FileSystem } from "./file-system.js";
import { checkId, resolveId } from "./ids.js";
import { checkWritable, folderNames, type StoreOptions } from "./run-store.js";
import { readFormat1 } from "./spec.js";

/** One variant with one seed. */
export interface ComparisonCell {
  readonly variant: string;
  readonly seed: number;
  /** Set as soon as the cell's run was named, so that an interrupted comparison resumes it instead of starting anew. */
  readonly runId?: string;
}

/** Everything that is needed to go on with a comparison, or to report on it again. */
export interface ComparisonSpec {
  readonly formatVersion: 1;
  readonly comparisonId: string;
  readonly createdAt: string;
  readonly variants: readonly string[];
  readonly seeds: readonly number[];
  readonly dataset: string;
  readonly datasetConfig: Readonly<Record<string, unknown>>;
  /** Budget of each cell in thousand real images shown to D. */
  readonly kimg: number;
  readonly metrics: readonly string[];
  /** What else the cells were started with, as the command line understands it: overrides, threads, plugins. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly cells: readonly ComparisonCell[];
}

/** The folder of one comparison. */
export interface Comparison {
  readonly id: string;
  readonly directory: string;
  readonly reportFile: string;
  readonly spec: ComparisonSpec;
}

const CELLS = ["variants", "seeds", "metrics", "cells"] as const;

export class ComparisonStore {
  private constructor(
    readonly home: string,
    private readonly fs: FileSystem,
  ) {}

  /** Makes nothing yet. @throws GanError NOT_WRITABLE when `home` cannot be written */
  static open(home: string, { readOnly = false, fs = nodeFileSystem }: StoreOptions = {}): ComparisonStore {
    if (!readOnly) checkWritable(home);
    return new ComparisonStore(resolve(home), fs);
  }

  private get directory(): string {
    return join(this.home, "comparisons");
  }

  /** @throws GanError BAD_CONFIG when it exists, NO_SPACE, NOT_WRITABLE */
  async create(spec: ComparisonSpec): Promise<Comparison> {
    checkId("comparison", spec.comparisonId);
    const directory = join(this.directory, spec.comparisonId);
    await this.guard(async () => {
      await this.fs.makeDirectory(this.directory);
      if (existsSync(directory)) throw alreadyExists("comparison", spec.comparisonId);
      await this.fs.makeNewDirectory(directory).catch((error: unknown) => {
        throw errnoOf(error) === "EEXIST" ? alreadyExists("comparison", spec.comparisonId) : error;
      });
    });
    return this.save(spec);
  }

  /** Replaces the spec of a comparison, for example when a cell got its run. The old or the new one is on the disk, whole. */
  async save(spec: ComparisonSpec): Promise<Comparison> {
    const comparison = this.at(spec);
    await this.guard(() =>
      writeAtomically(
        this.fs,
        join(comparison.directory, "comparison.json"),
        Buffer.from(`${JSON.stringify(spec, null, 2)}\n`),
      ),
    );
    return comparison;
  }

  /** @param id a comparison's name or the start of it @throws GanError UNKNOWN_NAME, BAD_CONFIG */
  get(id: string): Comparison {
    return this.load(resolveId("comparison", id, folderNames(this.directory)));
  }

  /** All comparisons that can be read, newest first. */
  list(): Comparison[] {
    return folderNames(this.directory).flatMap((id) => {
      try {
        return [this.load(id)];
      } catch (error) {
        if (error instanceof GanError) return [];
        throw error;
      }
    });
  }

  /**
   * Removes a comparison with its report, for good; its runs stay. Whoever looks meanwhile sees it whole or not at all.
   * @param id a comparison's name or the start of it
   * @throws GanError UNKNOWN_NAME, NOT_WRITABLE
   */
  async remove(id: string): Promise<void> {
    const found = resolveId("comparison", id, folderNames(this.directory));
    const hidden = join(this.directory, `.removed-${found}`);
    await this.guard(async () => {
      await this.fs.remove(hidden);
      await this.fs.rename(join(this.directory, found), hidden);
      await this.fs.remove(hidden);
    });
  }

  /** Stores any file, for example `report.html` or `grids.png`, in the comparison's folder and returns its path. */
  async write(id: string, name: string, bytes: Uint8Array | string): Promise<string> {
    checkId("comparison file", name);
    const { directory } = this.get(id);
    const path = join(directory, name);
    await this.guard(async () => {
      await removeTemporaries(this.fs, directory);
      await writeAtomically(this.fs, path, typeof bytes === "string" ? Buffer.from(bytes, "utf8") : bytes);
    });
    return path;
  }

  private load(id: string): Comparison {
    const path = join(this.directory, id, "comparison.json");
    const spec = readFormat1(path, "comparisonId", id);
    const wrong = CELLS.find((field) => !Array.isArray(spec[field]));
    if (wrong !== undefined) throw damagedFile(path, `${wrong} must be a list`, "restore the file from a copy");
    return this.at(spec as unknown as ComparisonSpec);
  }

  private at(spec: ComparisonSpec): Comparison {
    const directory = join(this.directory, spec.comparisonId);
    return { id: spec.comparisonId, directory, reportFile: join(directory, "report.html"), spec };
  }

  private async guard(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw homeFailure(this.home, error);
    }
  }
}
