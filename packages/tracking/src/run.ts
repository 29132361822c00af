/** @file One run on disk: its spec, its events, its checkpoints and its files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckpointStore, RunEvent, RunSpec } from "@gan-arena/core/base";
import { FileCheckpoints } from "./checkpoints.js";
import { badArtifactName, runFailure } from "./errors.js";
import { foldEvents, latestEvents, readEvents, readTail, type RunSummary } from "./events.js";
import { isTemporary, writeAtomically, type FileSystem } from "./file-system.js";
import { lockOwner } from "./lock.js";

/** Tails of this size are read first and, when they do not say enough, twice as much until the limit. */
const TAIL_BYTES = 65_536;
const LARGEST_TAIL_BYTES = 1_048_576;

/** A run that can be read by anyone at any time; {@link RunTracker} writes it. */
export class Run {
  readonly id: string;
  readonly checkpoints: CheckpointStore;

  constructor(
    readonly fs: FileSystem,
    readonly directory: string,
    readonly spec: RunSpec,
  ) {
    this.id = spec.runId;
    this.checkpoints = new FileCheckpoints(fs, this.id, directory);
  }

  get eventsFile(): string {
    return join(this.directory, "events.jsonl");
  }
  get lockFile(): string {
    return join(this.directory, "run.lock");
  }
  /** Where the report of this run is, once one was written. */
  get reportFile(): string {
    return join(this.directory, "report.html");
  }

  /** Who is writing the run now, in words, or undefined. */
  get owner(): string | undefined {
    return lockOwner(this.lockFile);
  }

  /** The events as they were logged, replays included, as a stream. */
  events(): AsyncGenerator<RunEvent> {
    return readEvents(this.eventsFile);
  }

  /** One event for each (kind, name, round), the latest, in order of rounds. */
  async history(): Promise<RunEvent[]> {
    return latestEvents(await this.collect());
  }

  /** What the run has come to, from all its events. */
  async summary(): Promise<RunSummary> {
    return this.judge(foldEvents(await this.collect()));
  }

  /**
   * The same from the end of the file alone, so that listing many long runs is fast: status and progress are exact,
   * `images`, `checkpoints` and metrics only as far as the tail reaches.
   */
  tailSummary(): RunSummary {
    let bytes = TAIL_BYTES;
    for (;;) {
      const { events, whole } = readTail(this.eventsFile, bytes);
      const summary = foldEvents(events);
      const complete = this.spec.metrics.every((name) => name in summary.metrics);
      if (whole || complete || bytes >= LARGEST_TAIL_BYTES) {
        // A status ends the file or is near its end; a long tail without one is of a run that goes on.
        return this.judge(whole || summary.status !== undefined ? summary : { ...summary, status: "running" });
      }
      bytes *= 2;
    }
  }

  /** A file of the run. @param name as in image, points and checkpoint events @throws GanError BAD_CONFIG */
  path(name: string): string {
    const parts = name.split("/");
    const fine = parts.every((part) => /^[A-Za-z0-9_][A-Za-z0-9._ -]*$/.test(part) && !isTemporary(part));
    if (!fine) throw badArtifactName(this.id, name);
    return join(this.directory, ...parts);
  }

  /** The bytes of a file of the run. */
  async read(name: string): Promise<Uint8Array> {
    return readFile(this.path(name));
  }

  /** Writes `report.html` and returns its path. @throws GanError NO_SPACE, NOT_WRITABLE */
  async writeReport(html: string): Promise<string> {
    try {
      await writeAtomically(this.fs, this.reportFile, Buffer.from(html, "utf8"));
    } catch (error) {
      throw runFailure(this.id, this.directory, error);
    }
    return this.reportFile;
  }

  private async collect(): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    for await (const event of this.events()) events.push(event);
    return events;
  }

  /** The events of a killed process say "running" for ever, those of one that was just resumed say how it ended before. */
  private judge(summary: RunSummary): RunSummary {
    if (this.owner !== undefined) {
      const { message: _, ...rest } = summary;
      return { ...rest, status: "running" };
    }
    if (summary.status !== undefined && summary.status !== "running") return summary;
    return {
      ...summary,
      status: "interrupted",
      message: `the process ended without a word; go on with: gan-arena resume ${this.id}`,
    };
  }
}
