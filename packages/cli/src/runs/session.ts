/** @file One run from the first event to the last word, for `train` and `resume`. */
import type { Outcome } from "../command.js";
import type { Context } from "../context.js";
import { failureOf } from "../failure.js";
import { formatDuration, formatKimg, formatNumber } from "../terminal/format.js";
import { join } from "node:path";
import { lineObserver, personObserver, type Observer } from "./observer.js";
import { play, type PlayRequest, type PlayResult } from "./play.js";
import { EXIT_CODES, listenForInterrupts } from "./signals.js";

type Parts = Pick<PlayRequest, "prepared" | "store" | "resumed">;

/**
 * Listens for Ctrl-C, plays, and tells what came of it.
 * @param events print the events as lines of JSON, for the process that started this one
 * @param prepare does everything that can fail before the first round
 */
export async function session(context: Context, events: boolean, prepare: () => Promise<Parts>): Promise<Outcome> {
  const lines = events ? lineObserver(context.output) : undefined;
  const observer: Observer = lines ?? personObserver(context.output);
  const interrupts = listenForInterrupts({
    child: events,
    onFirst: () => observer.note("stopping after this round with a checkpoint; press Ctrl-C again to stop at once"),
  });
  try {
    const result = await play({ ...(await prepare()), signal: interrupts.signal, observer });
    lines?.send({ kind: "result", ...result });
    const exitCode = result.status === "interrupted" ? EXIT_CODES[interrupts.received ?? "SIGINT"] : 0;
    if (events) return { document: undefined, exitCode };
    const text = summaryOf(result, context);
    if (context.json) context.output.note(text);
    return { document: result, text, exitCode };
  } catch (thrown) {
    const { code, message, exitCode } = failureOf(thrown);
    lines?.send({ kind: "error", code, message, exitCode });
    throw thrown;
  } finally {
    interrupts.dispose();
  }
}

/** What a person wants to know when a run ends, and what they may do next. */
export function summaryOf(result: PlayResult, context: Pick<Context, "commandLine">): string {
  const { runId, status, kimg, gradientEvaluations, seconds, metrics, directory, picture } = result;
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
    `  ${formatKimg(kimg)} kimg, ${gradientEvaluations} gradient evaluations, ${formatDuration(seconds)} of training`,
    ...scores,
    ...(picture === undefined ? [] : [`pictures: ${join(directory, "images")} (the newest: ${picture})`]),
    ...next,
  ].join("\n");
}
