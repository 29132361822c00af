/** @file Who watches a run: a person at a terminal, or the process that started it. */
import { fromLogged, type RunEvent, type RunSpec, type TrainProgress } from "@gan-arena/core/base";
import { progressView } from "../terminal/bar.js";
import { formatKimg, formatNumber } from "../terminal/format.js";
import type { Output } from "../terminal/output.js";
import type { Failure } from "../failure.js";
import type { PlayResult } from "./play.js";

/** Lines that a run prints with `--events`, beside the events themselves. */
export type Message =
  | RunEvent
  | { readonly kind: "run"; readonly runId: string }
  | ({ readonly kind: "progress" } & TrainProgress)
  | ({ readonly kind: "result" } & PlayResult)
  | ({ readonly kind: "error" } & Pick<Failure, "code" | "message" | "exitCode">);

export interface Observer {
  onRun(spec: RunSpec, directory: string): void;
  onEvent(event: RunEvent): void;
  onProgress(progress: TrainProgress): void;
  note(text: string): void;
  close(): void;
}

/** Prints every message as one line of JSON on stdout. */
export const lineObserver = (output: Output): Observer & { send(message: Message): void } => {
  const send = (message: Message) => void output.stdout.write(`${JSON.stringify(message)}\n`);
  return {
    send,
    onRun: (spec) => send({ kind: "run", runId: spec.runId }),
    onEvent: send,
    onProgress: (progress) => send({ kind: "progress", ...progress }),
    note: (text) => output.note(text),
    close: () => undefined,
  };
};

/** A bar, or plain lines, and a line for each evaluation. */
export function personObserver(output: Output): Observer {
  const view = progressView(output);
  let evaluation: { readonly kimg: number; readonly scores: string[] } | undefined;
  const flush = () => {
    if (evaluation) view.line(`at ${formatKimg(evaluation.kimg)} kimg: ${evaluation.scores.join("  ")}`);
    evaluation = undefined;
  };
  return {
    onRun: (spec, directory) => view.line(`run ${spec.runId} (engine ${spec.engine.engine}) in ${directory}`),
    onEvent(event) {
      if (event.kind !== "metric") return flush();
      evaluation ??= { kimg: event.kimg, scores: [] };
      evaluation.scores.push(`${event.name} ${formatNumber(fromLogged(event.value))}`);
    },
    onProgress(progress) {
      flush();
      view.update(progress);
    },
    note: (text) => view.line(text),
    close() {
      flush();
      view.close();
    },
  };
}
