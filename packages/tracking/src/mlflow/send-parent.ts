/** @file The run above those of a comparison or sweep: its note with the ranking, its report, and how it stands. */
import { readFile } from "node:fs/promises";
import type { Entry, Line, Status } from "./entry.js";
import { sha256 } from "./outbox.js";
import { fileOf, type Parent, type Target } from "./targets.js";
import { metricKey } from "./translate.js";

interface Request {
  readonly target: Target;
  readonly live: boolean;
  readonly experimentId: string;
}

export async function sendParent(line: Line, entry: Entry, { target, live, experimentId }: Request): Promise<void> {
  const { parent } = target;
  if (parent === undefined) return;
  const { params, tags } = parent;
  await entry.describe({
    params,
    tags: {
      ...tags,
      "gan-arena.group": target.id,
      "mlflow.source.name": "gan-arena",
      "mlflow.source.type": "LOCAL",
    },
  });
  await sendNote(line, entry, { text: noteOf(parent, experimentId), experimentId });
  for (const name of parent.files) {
    const file = fileOf(parent, name);
    // A journal that is still being written would change while it is sent.
    if (file !== undefined && !(live && name.endsWith(".jsonl"))) await entry.file(name, file);
  }
  await sendSamples(line, entry, parent);
  const { status, endTime } = stateOf(target, live);
  if (entry.cursor.ending.split(" ")[0] !== status || status !== "RUNNING") await entry.end(status, endTime);
}

async function sendNote(
  { client }: Line,
  entry: Entry,
  { text, experimentId }: { readonly text: string; readonly experimentId: string },
): Promise<void> {
  const hash = sha256(text);
  if (entry.cursor.files["note"] === hash) return;
  await client.runs.setTag(entry.runId, NOTE, text.slice(0, 8000), entry.options());
  await client.experiments.setTag(experimentId, NOTE, text.slice(0, 5000), entry.options());
  await entry.sent("note", hash);
}

const NOTE = "mlflow.note.content";

/**
 * Nested runs are hidden where MLflow compares; sorted by a metric they stand side by side, so the link sorts. It has no
 * server in it, and works under whatever address the page was opened.
 */
function noteOf({ title, summary }: Parent, experimentId: string): string {
  const { metric, better } = summary?.rankedBy ?? { metric: undefined, better: "lower" as const };
  const order =
    metric === undefined
      ? "orderByKey=attributes.start_time&orderByAsc=true"
      : `orderByKey=${encodeURIComponent(`metrics.\`${metricKey(metric)}\``)}&orderByAsc=${better === "lower"}`;
  const link = `#/experiments/${experimentId}/runs?${order}&compareRunsMode=CHART`;
  const body = summary?.markdown ?? "No ranking yet: it is written when the runs have ended.";
  return `${title}\n\n[All runs side by side, the best first](${link})\n\n${body}\n`;
}

/** The samples of all runs beside real ones, as an image of the run. */
async function sendSamples({ client }: Line, entry: Entry, parent: Parent): Promise<void> {
  const file = fileOf(parent, "samples.png");
  if (file === undefined || parent.kimg === undefined || entry.cursor.refused !== undefined) return;
  const image = await readFile(file);
  const hash = sha256(image);
  if (entry.cursor.files["image samples"] === hash) return;
  const at = { step: Math.round(parent.kimg * 1000), timestamp: 0 };
  await client.images.log(entry.runId, { key: "samples of all runs", ...at, image, id: "all" }, entry.options());
  await entry.sent("image samples", hash);
}

/** Finished when every run that it should have is; a run that is still played keeps it open. */
function stateOf({ parent, members, createdAt }: Target, live: boolean): { status: Status; endTime: number } {
  const runs = members.map(({ run }) => ({ run, summary: run.tailSummary() }));
  const endTime = Math.max(createdAt, ...runs.map(({ summary }) => summary.time ?? 0));
  if (live || parent?.played || runs.some(({ run }) => run.owner !== undefined)) return { status: "RUNNING", endTime };
  const statuses = runs.map(({ summary }) => summary.status);
  const finished = statuses.filter((status) => status === "finished").length;
  if (parent?.expected === undefined)
    return { status: SUMMARY_STATUS[parent?.summary?.status ?? "interrupted"], endTime };
  if (finished >= parent.expected) return { status: "FINISHED", endTime };
  return { status: statuses.includes("failed") ? "FAILED" : "KILLED", endTime };
}

const SUMMARY_STATUS = { finished: "FINISHED", interrupted: "KILLED", failed: "FAILED" } as const;
