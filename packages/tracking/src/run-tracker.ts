/** @file The tracker that writes a run into the store. */
import { dirname, join } from "node:path";
import {
  internalError,
  type Picture,
  type RunEvent,
  type RunSpec,
  type RunStatus,
  type Tracker,
} from "@gan-arena/core/base";
import { encode } from "fast-png";
import { badArtifactName, otherRun, runFailure } from "./errors.js";
import { EventLog } from "./event-log.js";
import { readTail } from "./events.js";
import { removeTemporaries, writeAtomically } from "./file-system.js";
import { slug } from "./ids.js";
import { RunLock } from "./lock.js";
import type { Run } from "./run.js";

/** Fields in which a resumed run must not differ from the one that was started. */
const IDENTITY = ["runId", "variant", "dataset", "dataFingerprint", "seed"] as const;

/** Six digits before and three after the point: names sort like numbers up to a thousand million images. */
const padKimg = (kimg: number): string => kimg.toFixed(3).padStart(10, "0");

/** Writes events, pictures and files of one run, between `start`, which takes the run's lock, and `finish`. */
export class RunTracker implements Tracker {
  private run: Run | undefined;
  private eventLog: EventLog | undefined;
  private lock: RunLock | undefined;
  private last: RunEvent | undefined;
  private status: RunStatus | undefined;

  /** @param open finds or creates the run: the store does, so that a tracker can be made before the run exists */
  constructor(private readonly open: (spec: RunSpec) => Promise<Run>) {}

  /**
   * Begins or resumes writing. Half a line at the end of the events is cut off first.
   * @throws GanError NOT_WRITABLE when another process writes this run, BAD_CONFIG when the run was started as another
   */
  async start(spec: RunSpec): Promise<void> {
    const run = await this.open(spec);
    const differs = IDENTITY.find((field) => run.spec[field] !== spec[field]);
    if (differs !== undefined) throw otherRun(run.id, differs);
    await this.guard(run, async () => {
      const lock = await RunLock.acquire(run.fs, run.lockFile, run.id);
      try {
        await removeTemporaries(run.fs, run.directory);
        await removeTemporaries(run.fs, join(run.directory, "images"));
        this.eventLog = await EventLog.open(run.fs, run.eventsFile);
      } catch (error) {
        await lock.release().catch(() => undefined);
        throw error;
      }
      this.lock = lock;
    });
    this.run = run;
    this.last = readTail(run.eventsFile).events.at(-1);
    this.status = undefined;
  }

  /** Appends events in order; those of a checkpoint are on the disk when this resolves. */
  async log(events: readonly RunEvent[]): Promise<void> {
    const { run, log } = this.started();
    for (const event of events) {
      this.last = event;
      if (event.kind === "status") this.status = event.status;
    }
    await this.guard(run, async () => {
      await log.append(events);
      if (events.some((event) => event.kind === "checkpoint")) await log.sync();
    });
  }

  /** Stores `images/<name>-<kimg>.png`. */
  async image(name: string, kimg: number, picture: Picture): Promise<string> {
    const { width, height, channels, data } = picture;
    const png = encode({ width, height, channels, data, depth: 8 });
    return this.put(`images/${slug(name)}-${padKimg(kimg)}.png`, png);
  }

  /** Stores `artifacts/<name>`; `name` may have folders in it. @throws GanError BAD_CONFIG */
  async artifact(name: string, bytes: Uint8Array): Promise<string> {
    if (name === "") throw badArtifactName(this.started().run.id, name);
    return this.put(`artifacts/${name}`, bytes);
  }

  /** Logs the status if its event was not logged, makes everything durable and gives the lock back. */
  async finish(status: RunStatus): Promise<void> {
    const { run, log } = this.started();
    await this.guard(run, async () => {
      try {
        if (this.status !== status) await log.append([statusEvent(status, this.last)]);
      } finally {
        await this.close(log);
      }
    });
  }

  private async close(log: EventLog): Promise<void> {
    const lock = this.lock;
    this.eventLog = undefined;
    this.lock = undefined;
    try {
      await log.close();
    } finally {
      await lock?.release();
    }
  }

  private async put(name: string, bytes: Uint8Array): Promise<string> {
    const { run } = this.started();
    const path = run.path(name);
    await this.guard(run, async () => {
      await run.fs.makeDirectory(dirname(path));
      await writeAtomically(run.fs, path, bytes);
    });
    return name;
  }

  private started(): { run: Run; log: EventLog } {
    if (!this.run || !this.eventLog) throw internalError("store", "a tracker was used before start or after finish");
    return { run: this.run, log: this.eventLog };
  }

  private async guard(run: Run, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw runFailure(run.id, run.directory, error);
    }
  }
}

const statusEvent = (status: RunStatus, last: RunEvent | undefined): RunEvent => ({
  kind: "status",
  status,
  time: Date.now(),
  round: last?.round ?? 0,
  kimg: last?.kimg ?? 0,
  gradientEvaluations: last?.gradientEvaluations ?? 0,
  seconds: last?.seconds ?? 0,
});
