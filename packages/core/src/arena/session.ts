/** @file One session of training: plays rounds, and logs, judges, pictures and saves when it is time. */
import { createHash } from "node:crypto";
import type { OpenDataset } from "../contracts/dataset.js";
import { toLogged, type LoggedNumber, type RunStatus } from "../contracts/events.js";
import type { MetricResult } from "../contracts/metric.js";
import type { RunSpec } from "../contracts/tracker.js";
import { GanError } from "../errors.js";
import { now, stamp, type EventBody } from "./clock.js";
import type { Counters } from "./counters.js";
import { notFinite } from "./errors.js";
import { evaluate } from "./evaluate.js";
import { pictureOf } from "./pictures/index.js";
import { MOST_CHAINED_ROUNDS, type Table } from "./play.js";
import type { Renderer } from "./render.js";
import { due } from "./schedule.js";
import type { TrainRequest, TrainResult } from "./types.js";

/** Samples in a picture of images, and in a plot of points. */
const PICTURE_IMAGES = 64;
const PICTURE_POINTS = 2000;
/** Seconds for which a reading of the memory is good. */
const MEMORY_SECONDS = 0.05;
/** Seconds between two calls of onProgress, at which the event loop also gets its turn (signals, timers). */
const PROGRESS_SECONDS = 0.1;

export interface SessionOptions {
  readonly run: RunSpec;
  readonly data: OpenDataset;
  readonly table: Table;
  readonly renderer: Renderer;
  readonly counters: Counters;
  readonly request: TrainRequest;
  /** File of the checkpoint that the run was restored from. */
  readonly restoredFrom?: string;
  readonly encode: () => Promise<Uint8Array>;
  readonly weightsSha256: () => Promise<string>;
}

export class Session {
  private metrics: Record<string, MetricResult> = {};
  private checkpoint: string | undefined;
  /** Seconds and kimg of training when health was last logged. */
  private healthAt: { seconds: number; images: number; round: number };
  private progressAt = -Infinity;
  /** Kimg between what is done now and then. */
  private readonly intervals: readonly number[];
  private readonly memory = new MemoryGauge();

  constructor(private readonly options: SessionOptions) {
    const { counters, restoredFrom } = options;
    this.checkpoint = restoredFrom;
    this.healthAt = { seconds: counters.seconds, images: counters.images, round: counters.round };
    const { logKimg, metricKimg, pictureKimg, checkpointKimg } = options.run.options;
    this.intervals = [logKimg, metricKimg, pictureKimg, checkpointKimg];
  }

  /** Plays until the budget is used up or the request is aborted. Whatever happens, the trackers are told how it ended. */
  async run(): Promise<TrainResult> {
    const { run, request } = this.options;
    const started: typeof request.trackers[number][] = [];
    try {
      for (const tracker of request.trackers) {
        await tracker.start(run);
        started.push(tracker);
      }
      await this.log({ kind: "status", status: "running" });
      const status = await this.play();
      await this.log({ kind: "status", status });
      for (const tracker of started) await tracker.finish(status);
      return await this.result(status);
    } catch (error) {
      const { code, message } = error instanceof GanError ? error : { code: "INTERNAL", message: String(error) };
      // The trackers may be what failed; the first error is the one to tell.
      await this.log({ kind: "status", status: "failed", message, code }).catch(() => undefined);
      for (const tracker of started) await tracker.finish("failed").catch(() => undefined);
      throw error;
    }
  }

  private async play(): Promise<RunStatus> {
    const { run, table, counters, request } = this.options;
    const { kimg, logKimg, metricKimg, pictureKimg, checkpointKimg } = run.options;
    const budget = kimg * 1000;
    await table.compile();
    if (counters.round === 0) await this.picture();
    while (counters.images < budget) {
      await this.progress();
      if (request.signal?.aborted) {
        await this.save();
        return "interrupted";
      }
      const before = counters.images;
      await this.rounds();
      const over = counters.images >= budget;
      const isDue = (interval: number): boolean => due(interval, before, counters.images);
      if (over || isDue(logKimg)) await this.terms();
      if (over) break;
      if (isDue(metricKimg)) await this.judge();
      if (isDue(pictureKimg)) await this.picture();
      if (isDue(checkpointKimg)) await this.save();
    }
    await this.progress(true);
    // Saved before it is judged: no metric can cost the training.
    await this.save();
    await this.judge();
    await this.picture();
    return "finished";
  }

  /** Plays rounds of which only the last one can have something due. */
  private async rounds(): Promise<void> {
    const { table, counters, run } = this.options;
    const begin = now();
    const bad = await table.playRounds(this.roundsUntilDue());
    counters.seconds += now() - begin;
    if (bad) throw notFinite({ variant: run.variant, ...bad, kimg: counters.images / 1000, checkpoint: this.checkpoint });
  }

  /** Rounds up to the next one after which something is due, as far as the table looks ahead. */
  private roundsUntilDue(): number {
    const { table, counters, run } = this.options;
    const budget = run.options.kimg * 1000;
    const begin = counters.images;
    let images = begin;
    for (let rounds = 1; rounds < MOST_CHAINED_ROUNDS; rounds++) {
      images += table.imagesOf(counters.round + rounds - 1);
      if (images >= budget) return rounds;
      for (const interval of this.intervals) if (due(interval, begin, images)) return rounds;
    }
    return MOST_CHAINED_ROUNDS;
  }

  private async terms(): Promise<void> {
    const { table, counters } = this.options;
    const { seconds, images, round } = this.healthAt;
    await this.log({ kind: "terms", values: logged(table.flushTerms()) });
    const elapsed = counters.seconds - seconds;
    const values = {
      kimgPerSecond: (counters.images - images) / 1000 / elapsed,
      stepMs: (1000 * elapsed) / (counters.round - round),
      rssMiB: this.memory.mib(),
    };
    await this.log({ kind: "health", values: logged(values) });
    this.healthAt = { seconds: counters.seconds, images: counters.images, round: counters.round };
  }

  private async judge(): Promise<void> {
    const { request, renderer, data, run } = this.options;
    this.metrics = await evaluate(request.metrics, { renderer, data, seed: run.seed });
    for (const { name, protocol, better } of request.metrics) {
      const { value, samples, split, details } = this.metrics[name];
      await this.log({
        kind: "metric",
        name,
        protocol,
        better,
        value: toLogged(value),
        samples,
        split,
        ...(details && { details: loggedDetails(details) }),
      });
    }
  }

  /** The views that are drawn while training, from the same latents each time. */
  private async picture(): Promise<void> {
    const { request, renderer, run, data, counters } = this.options;
    if (request.trackers.length === 0) return;
    const points = data.train.spec.points !== undefined;
    for (const { view, perDraw } of renderer.pictured()) {
      const { name, columns } = view;
      const n = points ? PICTURE_POINTS : drawsInPicture(perDraw, columns);
      const samples = await renderer.render({ view: name, n, seed: run.seed, name: `view/${name}/0` });
      const real = points ? data.test.batch({ seed: 0, position: 0 }, n)["x"] : undefined;
      const picture = pictureOf(samples, real, columns);
      const files: string[] = [];
      for (const tracker of request.trackers) files.push(await tracker.image(name, counters.images / 1000, picture));
      await this.log({ kind: "image", name, file: files[0] });
    }
  }

  private async save(): Promise<void> {
    const { counters, request, encode } = this.options;
    const bytes = await encode();
    this.checkpoint = await request.checkpoints.save(counters.round, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await this.log({ kind: "checkpoint", file: this.checkpoint, sha256 });
  }

  private async progress(always = false): Promise<void> {
    const time = now();
    if (!always && time - this.progressAt < PROGRESS_SECONDS) return;
    this.progressAt = time;
    const { counters, table, run, request } = this.options;
    const kimg = counters.images / 1000;
    request.onProgress?.({
      round: counters.round,
      kimg,
      totalKimg: run.options.kimg,
      seconds: counters.seconds,
      kimgPerSecond: counters.seconds > 0 ? kimg / counters.seconds : 0,
      terms: table.latestTerms(),
    });
    // Engines that compute in JavaScript never leave the microtask queue by themselves.
    await new Promise((resolve) => setImmediate(resolve));
  }

  private async log(body: EventBody): Promise<void> {
    const { counters, request } = this.options;
    const event = stamp(counters, body);
    for (const tracker of request.trackers) await tracker.log([event]);
    request.onEvent?.(event);
  }

  private async result(status: RunStatus): Promise<TrainResult> {
    const { counters, weightsSha256 } = this.options;
    return {
      status,
      round: counters.round,
      kimg: counters.images / 1000,
      gradientEvaluations: counters.gradientEvaluations,
      seconds: counters.seconds,
      metrics: this.metrics,
      weightsSha256: await weightsSha256(),
    };
  }
}

/** The memory of the process. To read it takes 50 us, so that logs which follow each other closely share a reading. */
class MemoryGauge {
  private readAt = -Infinity;
  private latest = 0;

  mib(): number {
    const time = now();
    if (time - this.readAt > MEMORY_SECONDS) {
      this.latest = process.memoryUsage.rss() / 2 ** 20;
      this.readAt = time;
    }
    return this.latest;
  }
}

/** Draws for a picture of images: whole rows, when the view says how long they are. */
function drawsInPicture(perDraw: number, columns: number | undefined): number {
  const most = Math.max(1, Math.floor(PICTURE_IMAGES / perDraw));
  const perRow = Math.ceil((columns ?? perDraw) / perDraw);
  return Math.max(perRow, most - (most % perRow));
}

const logged = (values: Readonly<Record<string, number>>): Record<string, LoggedNumber> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toLogged(value)]));

const loggedDetails = (
  details: Readonly<Record<string, number | readonly number[]>>,
): Record<string, LoggedNumber | readonly number[]> =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === "number" ? toLogged(value) : value]),
  );
