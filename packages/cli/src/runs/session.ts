/** @file One run from the first event to the last word, for `train` and `resume`. */
import type { Outcome } from "../command.js";
import type { Context } from "../context.js";
import { failureOf } from "../failure.js";
import { formatBytes, formatDuration, formatKimg, formatNumber } from "../terminal/format.js";
import { join } from "node:path";
import { trackingText, withTracking } from "../mlflow/outcome.js";
import { lineObserver, personObserver, type Observer } from "./observer.js";
import { play, type PlayRequest, type PlayResult } from "./play.js";
import { EXIT_CODES, listenForInterrupts } from "./signals.js";

type Parts = Pick<PlayRequest, "prepared" | "store" | "resumed" | "retell">;

export interface SessionOptions {
  /** Print the events as lines of JSON, for the process that started this one. */
  readonly events: boolean;
  /** Address of the MLflow server that follows the run. */
  readonly mlflow?: string;
}

/**
 * Listens for Ctrl-C, plays, and tells what came of it.
 * @param prepare does everything that can fail before the first round
 */
export async function session(
  context: Context,
  { events, mlflow }: SessionOptions,
  prepare: () => Promise<Parts>,
): Promise<Outcome> {
  const lines = events ? lineObserver(context.output) : undefined;
  const observer: Observer = lines ?? personObserver(context.output);
  const interrupts = listenForInterrupts({
    child: events,
    onFirst: () => observer.note("stopping after this round with a checkpoint; press Ctrl-C again to stop at once"),
  });
  try {
    const tracked = mlflow === undefined ? undefined : await trackedBy(mlflow, context, observer);
    const parts = await prepare();
    const { prepared } = parts;
    const trackers = [...prepared.trackers, ...(tracked ? [tracked.factory] : [])];
    const result = await play({ ...parts, prepared: { ...prepared, trackers }, signal: interrupts.signal, observer });
    const tracking = tracked?.outcome();
    lines?.send({ kind: "result", ...result });
    const played = result.status === "interrupted" ? EXIT_CODES[interrupts.received ?? "SIGINT"] : 0;
    if (events) return { document: undefined, exitCode: played };
    const exitCode = withTracking(played, tracking);
    const text = [summaryOf(result, context), ...(tracking ? [trackingText(tracking)] : [])].join("\n");
    if (context.json) context.output.note(text);
    return { document: tracking ? { ...result, tracking } : result, text, exitCode };
  } catch (thrown) {
    const { code, message, exitCode } = failureOf(thrown);
    lines?.send({ kind: "error", code, message, exitCode });
    throw thrown;
  } finally {
    interrupts.dispose();
  }
}

/** Loaded only when it is wanted: runs that nobody follows do without. */
async function trackedBy(address: string, context: Context, observer: Observer) {
  const { mlflowFactory } = await import("../mlflow/follow.js");
  return mlflowFactory({ context, address, note: (text) => observer.note(text) });
}

/** What a person wants to know when a run ends, and what they may do next. */
export function summaryOf(result: PlayResult, context: Pick<Context, "commandLine">): string {
  const { runId, status, kimg, gradientEvaluations, seconds, metrics, directory, picture } = result;
  const memory = formatBytes(result.peakMemoryMiB * 2 ** 20);
  const scores = Object.entries(metrics).map(([name, value]) => `  ${name}  ${formatNumber(value)}`);
  const next =
    status === "interrupted"
      ? ["go on with:", `  ${context.commandLine(`resume ${runId}`)}`]
      : [
          "next:",
          `  ${context.commandLine(`sample ${runId}`)}`,
          `  ${context.commandLine(`export ${runId} --out G.onnx`)}`,
        ];
  return [
    `${status}: ${runId}`,
    `  ${formatKimg(kimg)} kimg, ${gradientEvaluations} gradient evaluations, ${formatDuration(seconds)} of training, ${memory} of memory at most`,
    ...scores,
    ...(picture === undefined ? [] : [`pictures: ${join(directory, "images")} (the newest: ${picture})`]),
    ...next,
  ].join("\n");
}
