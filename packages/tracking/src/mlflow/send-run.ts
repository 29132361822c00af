/** @file Sends one run of the store: what is new in its events, then, when it is over, its files and how it ended. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunStatus } from "@gan-arena/core/base";
import type { PictureEvent, RunSummary } from "../events.js";
import type { Run } from "../run.js";
import type { Entry, Line, Status } from "./entry.js";
import { sendGenerator } from "./generator.js";
import { sha256, type Cursor } from "./outbox.js";
import { readOn } from "./tail.js";
import { datasetOf, paramsOf, stepOf, tagsOf, translate } from "./translate.js";

export interface Wanted {
  readonly weights: boolean;
  /** Later when false: exporting needs an engine, and nothing shall take time from runs that are training. */
  readonly generator: boolean;
}

const STATUS: Readonly<Record<RunStatus, Status>> = {
  running: "RUNNING",
  finished: "FINISHED",
  interrupted: "KILLED",
  failed: "FAILED",
};

const CHECKPOINT = "checkpoint/checkpoint.safetensors";
const GENERATOR = "generator";

/** Whether the server has everything that there is. A stat or two: it is asked of every run at every look. */
export function isSent(run: Run, cursor: Cursor | undefined, { weights, generator }: Wanted): boolean {
  if (cursor === undefined || cursor.ending === "RUNNING") return false;
  const size = statSync(run.eventsFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size !== cursor.place.offset || (existsSync(run.lockFile) && run.owner !== undefined)) return false;
  if (cursor.refused !== undefined || !weights) return true;
  const has = (name: string) => Object.hasOwn(cursor.files, name);
  return has(CHECKPOINT) && (!generator || has(GENERATOR) || !cursor.ending.startsWith("FINISHED"));
}

/** @returns what the caller should hear of, beside errors: files that could not be had */
export async function sendRun(line: Line, entry: Entry, run: Run, wanted: Wanted): Promise<string[]> {
  // Asked before the events are read: a run that nobody writes any more has no further events.
  const over = run.owner === undefined ? run.tailSummary() : undefined;
  await entry.describe({ params: paramsOf(run.spec), tags: tagsOf(run.spec), datasets: [datasetOf(run.spec)] });
  await entry.file("run.json", join(run.directory, "run.json"));
  const problems = await sendEvents(line, entry, run);
  if (over === undefined) {
    await entry.end("RUNNING", 0);
    return problems;
  }
  const [newest] = wanted.weights ? await run.checkpoints.list() : [];
  if (newest) await entry.file(CHECKPOINT, join(run.directory, newest.file));
  else if (wanted.weights) await entry.sent(CHECKPOINT, "none");
  if (wanted.generator && over.status === "finished") problems.push(...(await generator(line, entry, run, over)));
  await ending(line, entry, over);
  return problems;
}

async function sendEvents({ client }: Line, entry: Entry, run: Run): Promise<string[]> {
  const problems: string[] = [];
  for (;;) {
    const chunk = readOn(run.eventsFile, entry.cursor.place);
    if (chunk === undefined) return problems;
    const { metrics, tags, pictures, seen } = translate(chunk.events, entry.cursor.seen);
    if (entry.cursor.refused === undefined)
      for (const picture of pictures) {
        const sent = await sendPicture(client, entry, run, picture);
        if (!sent) problems.push(`[${run.id}] the picture ${picture.file} is gone and cannot be sent`);
      }
    if (metrics.length > 0 || Object.keys(tags).length > 0)
      await client.runs.logBatch(entry.runId, { metrics, tags }, entry.batchOptions());
    await entry.save({ place: chunk.end, seen });
  }
}

/** Under a name that follows from what it is, so that sending it again replaces it. */
async function sendPicture(client: Line["client"], entry: Entry, run: Run, picture: PictureEvent): Promise<boolean> {
  const image = await run.read(picture.file).catch(() => undefined);
  if (image === undefined) return false;
  const input = {
    key: picture.name.replaceAll(/[^\w\-./ ]/gu, "_"),
    step: stepOf(picture),
    timestamp: picture.time,
    image,
    id: sha256(`${run.id}/${picture.file}`).slice(0, 32),
  };
  await client.images.log(entry.runId, input, entry.options());
  return true;
}

/** A run of whose generator nothing can be made (its plugin is gone, for example) is complete without it. */
async function generator(line: Line, entry: Entry, run: Run, { time }: RunSummary): Promise<string[]> {
  const { exportGenerator, outbox } = line;
  const version = entry.cursor.files[CHECKPOINT];
  if (exportGenerator === undefined || version === undefined || version === "none") return [];
  if (entry.cursor.files[GENERATOR] === version || entry.cursor.refused !== undefined) return [];
  const scratch = await outbox.scratch(run.id);
  // A killed process may have left its export running; it writes under its own name.
  const file = join(scratch.directory, `${process.pid}.onnx`);
  try {
    const problem = await exportGenerator(run.id, file).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (problem !== undefined) return [`[${run.id}] the generator cannot be exported: ${problem}`];
    await sendGenerator(line, entry, { run, file, time: time ?? 0 });
  } finally {
    await scratch.remove();
  }
  await entry.sent(GENERATOR, version);
  return [];
}

async function ending({ client }: Line, entry: Entry, { status = "interrupted", message, time = 0 }: RunSummary) {
  const words = message === undefined ? status : `${status}: ${message}`;
  if (entry.cursor.files["status"] !== words) {
    await client.runs.logBatch(entry.runId, { tags: { status: words } }, entry.batchOptions());
    await entry.sent("status", words);
  }
  await entry.end(STATUS[status], time);
}
