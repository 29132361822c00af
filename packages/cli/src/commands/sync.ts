/** @file `sync`: sends to MLflow what it lacks, from the store; once, or until it is stopped. */
import { execFile } from "node:child_process";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { badConfig, GanError } from "@gan-arena/core/base";
import type { MlflowSink, Sent } from "@gan-arena/tracking/mlflow";
import { MlflowClient, MlflowError } from "mlflow-js-client";
import { defineCommand, type Outcome } from "../command.js";
import type { Context } from "../context.js";
import { failureOf } from "../failure.js";
import type { FollowerMessage } from "../mlflow/follow.js";
import { TRACKING_INCOMPLETE } from "../mlflow/outcome.js";
import { flag, text } from "../options.js";
import { plural } from "../terminal/format.js";

export const sync = defineCommand({
  name: "sync",
  summary: "Send runs, comparisons and sweeps to MLflow: what the server lacks of them",
  positionals: [
    {
      name: "names",
      describe: "of runs, comparisons or sweeps, or the starts of them; all by default",
      many: true,
      optional: true,
    },
  ],
  options: {
    mlflow: text("address of the server (default: MLFLOW_TRACKING_URI)"),
    watch: flag("go on sending what is new, until Ctrl-C"),
    again: flag("send everything again, and runs that were deleted there too"),
    events: flag("print what goes on as lines of JSON on stdout", { hidden: true }),
  },
  examples: [
    ["sync --mlflow http://127.0.0.1:5000", "everything in the store"],
    ["sync --watch", "while others train"],
  ],
  async run({ rest, options }, context) {
    const { mlflowAddress } = await import("../mlflow/address.js");
    const address = mlflowAddress(options.mlflow, context);
    if (address === undefined)
      throw badConfig("sync", "no server is named; add --mlflow http://host:port, or set MLFLOW_TRACKING_URI");
    const { EXIT_CODES, listenForInterrupts } = await import("../runs/signals.js");
    const { MlflowSink } = await import("@gan-arena/tracking/mlflow");
    const interrupts = listenForInterrupts({ child: options.events });
    // Whoever watches tries again anyway, and shall hear of a problem soon.
    const retry = options.watch ? { retries: 2, deadlineMs: 10_000 } : { retries: 4, deadlineMs: 30_000 };
    const client = new MlflowClient({ trackingUri: address, timeoutMs: 10_000, retry });
    const { signal } = interrupts;
    const sink = new MlflowSink({
      home: context.home,
      client,
      again: options.again,
      exportGenerator: exporter(context),
      ...(options.events ? {} : { signal }),
    });
    try {
      if (options.events) return await follow(sink, rest[0] ?? "", { context, signal, uri: client.trackingUri });
      if (options.watch) await watch(sink, rest, { context, signal });
      const { sent, others } = options.watch ? NOTHING : await sendAll(sink, rest);
      if (signal.aborted) return { document: { sent }, exitCode: EXIT_CODES[interrupts.received ?? "SIGINT"] };
      for (const sentence of others) context.output.note(`note: ${sentence}`);
      return outcomeOf(sent, others.length, client.trackingUri);
    } catch (error) {
      if (signal.aborted && !options.events)
        return { document: { sent: [] }, exitCode: EXIT_CODES[interrupts.received ?? "SIGINT"] };
      throw error;
    } finally {
      interrupts.dispose();
      client.close();
    }
  },
});

interface Around {
  readonly context: Context;
  readonly signal: AbortSignal;
}

async function follow(
  sink: MlflowSink,
  id: string,
  { context, signal, uri }: Around & { uri: string },
): Promise<Outcome> {
  lowPriority();
  const send = (message: FollowerMessage) => void context.output.stdout.write(`${JSON.stringify(message)}\n`);
  const onProblem = (problem: string | undefined) => send({ kind: "tracking", problem: problem ?? null });
  send({ kind: "tracking-end", uri, ...(await sink.follow(id, { stop: signal, onProblem })) });
  return { document: undefined };
}

/** A computer that trains has better things to do. Not every system lets us say so. */
function lowPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Then the two are equal.
  }
}

const AGAIN_MS = 2000;

async function watch(sink: MlflowSink, words: readonly string[], { context, signal }: Around): Promise<void> {
  let told = "";
  while (!signal.aborted) {
    const { sent } = await sendAll(sink, words).catch((error: unknown) => {
      if (signal.aborted) return NOTHING;
      throw error;
    });
    const now = sent.flatMap(({ problems }) => problems).join("\n");
    if (now !== told && now !== "") context.output.note(now);
    told = now;
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}

interface SentAll {
  readonly sent: readonly Sent[];
  /** A sentence for each target that another process is sending. */
  readonly others: readonly string[];
}
const NOTHING: SentAll = { sent: [], others: [] };

/** One after the other. A server that does not answer ends it; what another process sends is left to that. */
async function sendAll(sink: MlflowSink, words: readonly string[]): Promise<SentAll> {
  const [sent, others]: [Sent[], string[]] = [[], []];
  for (const id of sink.targets(words)) {
    try {
      sent.push(await sink.send(id));
    } catch (error) {
      const locked = error instanceof GanError && error.code === "NOT_WRITABLE" && error.message.includes("being sent");
      if (!locked && !(error instanceof MlflowError || error instanceof GanError)) throw error;
      if (locked) others.push(failureOf(error).message);
      else sent.push({ id, experimentId: undefined, sent: 0, runs: 0, problems: [error.message] });
      if (error instanceof MlflowError && error.transient) break;
    }
  }
  return { sent, others };
}

/** @param others number of targets that another process is sending */
function outcomeOf(sent: readonly Sent[], others: number, uri: string): Outcome {
  const problems = [...new Set(sent.flatMap((one) => one.problems))];
  const runs = sent.reduce((sum, one) => sum + one.runs, 0);
  const complete = sent.reduce((sum, one) => sum + one.sent, 0);
  const elsewhere = others === 0 ? "" : `; another process is sending ${plural(others, "target")}`;
  const text = [
    ...problems,
    problems.length === 0
      ? `${plural(runs, "run")} of ${plural(sent.length, "target")}: ${uri} has everything${elsewhere}`
      : `incomplete: ${uri} has all of ${complete} of ${plural(runs, "run")}; the store has the rest, so give the command again`,
  ];
  return {
    document: { uri, complete: problems.length === 0, targets: sent, sentByOthers: others },
    text: text.join("\n"),
    exitCode: problems.length === 0 ? 0 : TRACKING_INCOMPLETE,
  };
}

const ENTRY = fileURLToPath(new URL("../../bin/gan-arena.js", import.meta.url));

/** In a process of its own, for it needs an engine and its memory, and this one may run for days. */
const exporter =
  ({ home, config, plugins }: Context) =>
  async (runId: string, file: string): Promise<void> => {
    const words = ["export", runId, "--out", file, "--home", home];
    if (config.file !== undefined) words.push("--config", config.file);
    for (const { specifier } of plugins) words.push("--plugin", specifier);
    try {
      await promisify(execFile)(process.execPath, [ENTRY, ...words]);
    } catch (error) {
      const { stderr = "", message } = error as Error & { stderr?: string };
      const line = stderr.split("\n").findLast((text) => text.startsWith("error: "));
      throw new Error(line?.slice(7) ?? message, { cause: error });
    }
  };
