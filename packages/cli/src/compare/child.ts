/** @file One cell of a comparison, played by a process of its own: a crash or a leak in one cannot touch the others. */
import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Message } from "../runs/observer.js";
import { STOP } from "../runs/signals.js";

export interface CellEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that the process wrote to stderr. */
  readonly lastWords: string;
}

export interface CellProcess {
  readonly done: Promise<CellEnd>;
  /** Asks for a checkpoint and a clean end. */
  stop(): void;
  /** Ends it at once. */
  kill(): void;
}

const ENTRY = fileURLToPath(new URL("../../bin/gan-arena.js", import.meta.url));
const LAST_WORDS = 2000;

export interface CellOptions {
  /** Called for each line of its event stream. */
  readonly onMessage: (message: Message) => void;
  /** Beside our own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** @param words the arguments of the command */
export function startCell(words: readonly string[], { onMessage, env = {} }: CellOptions): CellProcess {
  const child = fork(ENTRY, [...words, "--events"], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...env },
  });
  let lastWords = "";
  child.stderr
    ?.setEncoding("utf8")
    .on("data", (text: string) => void (lastWords = (lastWords + text).slice(-LAST_WORDS)));

  const lines = child.stdout ? createInterface({ input: child.stdout }) : undefined;
  lines?.on("line", (line) => {
    const message = parseMessage(line);
    if (message) onMessage(message);
  });
  const read = new Promise<void>((resolve) => void (lines ? lines.on("close", resolve) : resolve()));
  const ended = new Promise<CellEnd>((resolve) => {
    child.on("error", (error) => resolve({ exitCode: 1, signal: null, lastWords: error.message }));
    child.on("close", (exitCode, signal) => resolve({ exitCode, signal, lastWords }));
  });
  return {
    // Only when the last line was read is everything known that the process had to say.
    done: Promise.all([ended, read]).then(([end]) => ({ ...end, lastWords })),
    stop: () => void (child.connected ? child.send(STOP, () => undefined) : child.kill("SIGTERM")),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** A line that is no message was printed by a library or a plugin: it is not ours to judge. */
function parseMessage(line: string): Message | undefined {
  try {
    const value = JSON.parse(line) as Partial<Message> | null;
    return typeof value === "object" && typeof value?.kind === "string" ? (value as Message) : undefined;
  } catch {
    return undefined;
  }
}
