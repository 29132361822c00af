/**
 * @file The table of measured lowerings on disk: one file for each ONNX Runtime, processor and number of threads.
 *
 * What is in it stays: a second run finds what the first one chose, and computes the same bits.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { arch, cpus } from "node:os";
import { join } from "node:path";
import { CANDIDATES } from "../lower/index.js";
import type { Choices } from "./choose.js";
import { whileLocked } from "./lock.js";

const FORMAT = 1;

interface TableKey {
  readonly onnxruntime: string;
  readonly threads: number;
  /** Channels in a block of the blocked kernels. */
  readonly block: number;
}

interface Header extends TableKey {
  readonly format: number;
  readonly cpu: string;
  /** Names of all lowerings: where there are others, all is measured anew. */
  readonly candidates: string;
}

export interface TableOptions extends TableKey {
  readonly folder: string;
  /** Told when a file is not used, and why. */
  readonly note: (text: string) => void;
}

const candidateNames = Object.entries(CANDIDATES)
  .map(([op, candidates]) => `${op}: ${candidates.map(({ name }) => name).join(" ")}`)
  .join(", ");

export class LoweringTable {
  readonly path: string;
  private readonly header: Header;
  private readonly folder: string;
  private readonly note: (text: string) => void;
  private noted = false;

  constructor({ folder, note, onnxruntime, threads, block }: TableOptions) {
    const cpu = `${cpus()[0]?.model.trim() ?? "unknown"} (${arch()})`;
    this.header = { format: FORMAT, onnxruntime, cpu, threads, block, candidates: candidateNames };
    this.folder = folder;
    this.note = note;
    const name = `${onnxruntime} ${cpu} block ${block} threads ${threads}`.replaceAll(/[^\w.]+/gu, "-");
    this.path = join(folder, `lowerings-${name}.json`);
  }

  /** Entries on disk; none when there is no file or it cannot be used. */
  read(): Choices {
    if (!existsSync(this.path)) return {};
    try {
      const { entries, ...header } = JSON.parse(readFileSync(this.path, "utf8")) as Header & { entries: unknown };
      if (JSON.stringify(header) === JSON.stringify(this.header) && isChoices(entries)) return entries;
      this.refuse("it was written by another version or for another machine");
    } catch (error) {
      this.refuse(error instanceof Error ? error.message : String(error));
    }
    return {};
  }

  private refuse(reason: string): void {
    if (!this.noted) this.note(`note: the lowerings in ${this.path} are measured anew: ${reason}`);
    this.noted = true;
  }

  /**
   * Adds what `measure` finds, while nobody else measures. What another process wrote meanwhile is known to it, and kept.
   * @param lacks whether something has to be measured, given what is known
   * @returns everything that is known then; where nothing can be written that is what is on disk
   */
  async complete(lacks: (known: Choices) => boolean, measure: (known: Choices) => Promise<Choices>): Promise<Choices> {
    const known = this.read();
    if (!lacks(known)) return known;
    try {
      await mkdir(this.folder, { recursive: true });
      return await whileLocked(`${this.path}.lock`, async () => {
        const before = this.read();
        if (!lacks(before)) return before;
        this.note(`note: timing the lowerings of convolutions once, for ${this.path}`);
        const measured = await measure(before);
        // A lock that was taken for stale lets somebody else write meanwhile: what is there stays.
        const entries = { ...measured, ...this.read() };
        const draft = `${this.path}.${randomUUID()}`;
        await writeFile(draft, `${JSON.stringify({ ...this.header, entries }, undefined, 1)}\n`);
        await rename(draft, this.path);
        return entries;
      });
    } catch (error) {
      if (!(error instanceof Error && "syscall" in error)) throw error;
      // What is not kept would be chosen otherwise next time.
      this.note(`note: lowerings cannot be measured, because they cannot be kept (${error.message})`);
      return known;
    }
  }
}

/** The tables in a folder, with how many entries each has; undefined where a file cannot be read. */
export function listTables(folder: string): { readonly path: string; readonly entries: number | undefined }[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /^lowerings-.*\.json$/u.test(file)) : [];
  return files.sort().map((file) => {
    const path = join(folder, file);
    try {
      const { entries } = JSON.parse(readFileSync(path, "utf8")) as { entries: unknown };
      return { path, entries: isChoices(entries) ? Object.keys(entries).length : undefined };
    } catch {
      return { path, entries: undefined };
    }
  });
}

const isChoices = (value: unknown): value is Choices =>
  typeof value === "object" && value !== null && Object.values(value).every((name) => typeof name === "string");
