/** @file A job's log as messages: Ray gives the whole log each time it is asked. */
import type { JobMessage, OnMessage } from "../contract.js";

const LAST_WORDS = 2000;

/** Reads on where it stopped; a line counts when it is whole. */
export class LogReader {
  /** Characters of whole lines that were read. */
  private read = 0;
  private words = "";
  private messages = 0;

  constructor(private readonly onMessage: OnMessage) {}

  /** The last lines that are no messages. */
  get lastWords(): string {
    return this.words;
  }
  get messageCount(): number {
    return this.messages;
  }

  /** @param log the whole of it, as it is now @param ended no line will follow: the last one counts without its end */
  take(log: string, ended = false): void {
    const end = ended ? log.length : log.lastIndexOf("\n") + 1;
    // A head that was started anew may have a shorter log, of a job that was started anew: it is read from its start.
    if (log.length < this.read) this.read = 0;
    if (end <= this.read) return;
    const fresh = log.slice(this.read, end);
    this.read = end;
    for (const line of fresh.split("\n")) {
      const message = parseMessage(line);
      if (message) {
        this.messages++;
        this.onMessage(message);
      } else if (line.trim() !== "" && !ofRay(line)) this.words = `${this.words}${line}\n`.slice(-LAST_WORDS);
    }
  }
}

/** What Ray itself writes before the command starts. */
const ofRay = (line: string): boolean => /\bjob_manager\.py:\d+ --|^Running entrypoint for job /u.test(line);

/** A line that is no message was printed by a library or a plugin: it is not ours to judge. */
function parseMessage(line: string): JobMessage | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(line) as Partial<JobMessage> | null;
    return typeof value?.kind === "string" ? (value as JobMessage) : undefined;
  } catch {
    return undefined;
  }
}
