/** @file Sends a comparison, a sweep or a single run: one look at what is new, as often as wanted. */
import { GanError } from "@gan-arena/core/base";
import { MlflowApiError, MlflowError, type Experiment } from "mlflow-js-client";
import { callOptions, belongs, Entry, type Line } from "./entry.js";
import { sendParent } from "./send-parent.js";
import { isSent, sendRun, type Wanted } from "./send-run.js";
import type { Cursor } from "./outbox.js";
import type { Target, TargetIndex } from "./targets.js";

export interface LookOptions {
  /** Its process lives, although it may be between two runs; nothing that takes time from training is done. */
  readonly live: boolean;
}

export interface Look {
  /** Runs of which the server has everything, and runs in all. */
  readonly sent: number;
  readonly runs: number;
  /** What could not be sent, in one sentence each. */
  readonly problems: readonly string[];
}

/** Holds the target's lock from {@link open} to {@link close}. */
export class TargetSender {
  readonly #entries = new Map<string, Entry>();
  /** Cursors that were read once; those of open entries are newer. */
  readonly #cursors = new Map<string, Cursor | undefined>();
  /** Problems of runs that are sent except for something that cannot be had. */
  readonly #gaps = new Map<string, readonly string[]>();
  #experiment: Experiment | undefined;
  #parentSentWith = "";

  private constructor(
    private readonly line: Line,
    private readonly index: TargetIndex,
    readonly id: string,
    private readonly lock: { release(): Promise<void> },
  ) {}

  /** @throws GanError NOT_WRITABLE when another process is sending it */
  static async open(line: Line, index: TargetIndex, id: string): Promise<TargetSender> {
    return new TargetSender(line, index, id, await line.outbox.lock(id));
  }

  /** Where it is on the server, once it is there. */
  get experimentId(): string | undefined {
    return this.#experiment?.experimentId;
  }

  /**
   * Sends what is new.
   * @throws MlflowError when the server is away or refuses everything, GanError when the outbox cannot be written
   */
  async look({ live }: LookOptions): Promise<Look> {
    const target = this.index.get(this.id);
    if (target === undefined) return { sent: 0, runs: 0, problems: [] };
    this.#experiment ??= await this.line.client.experiments.ensure(
      { name: target.experiment, tags: { "mlflow.experimentKind": "custom_model_development" } },
      callOptions(this.line),
    );
    const parent = target.parent && (await this.#entry({ id: target.id, name: target.parent.name, at: target }));
    const problems: string[] = [];
    let sent = 0;
    for (const { run, name } of target.members) {
      const wanted = wantedOf(target, run.id, live);
      const known = !this.line.again || this.#entries.has(run.id);
      const done = () => known && isSent(run, this.#cursor(run.id), wanted);
      if (!done() && !(this.#gaps.has(run.id) && isSent(run, this.#cursor(run.id), { ...wanted, generator: false })))
        problems.push(...(await this.#try(run.id, () => this.#member(target, { id: run.id, name, parent }, wanted))));
      problems.push(...(this.#gaps.get(run.id) ?? []));
      if (isSent(run, this.#cursor(run.id), wanted)) sent++;
    }
    const runs = target.members.length;
    if (parent && this.#experiment) {
      // Its note and files change when a run has ended, and when its command has drawn the conclusion.
      const state = `${sent}/${runs} ${live}`;
      if (!live || state !== this.#parentSentWith)
        problems.push(
          ...(await this.#try(target.id, () =>
            sendParent(this.line, parent, { target, live, experimentId: this.experimentId ?? "" }),
          )),
        );
      this.#parentSentWith = state;
    }
    const refused = [target.id, ...target.members.map(({ run }) => run.id)]
      .map((id) => this.#cursor(id)?.refused)
      .find((sentence) => sentence !== undefined);
    return { sent, runs, problems: [...(refused === undefined ? [] : [refused]), ...problems] };
  }

  async close(): Promise<void> {
    await this.lock.release();
  }

  async #member(
    target: Target,
    { id, name, parent }: { readonly id: string; readonly name: string; readonly parent: Entry | undefined },
    wanted: Wanted,
  ): Promise<void> {
    const member = target.members.find(({ run }) => run.id === id);
    if (!member) return;
    const at = { ...target, createdAt: Date.parse(member.run.spec.createdAt) };
    const entry = await this.#entry({ id, name, at, parentRunId: parent?.runId });
    const gaps = await sendRun(this.line, entry, member.run, wanted);
    if (gaps.length > 0) this.#gaps.set(id, gaps);
  }

  async #entry({ id, name, at, parentRunId }: EntryWords): Promise<Entry> {
    const open = this.#entries.get(id);
    if (open) return open;
    if (this.#experiment === undefined) throw new Error("the experiment is not known yet");
    const experiment = this.#experiment;
    const entry = await Entry.open(this.line, { id, experiment, name, startTime: at.createdAt, parentRunId });
    this.#entries.set(id, entry);
    return entry;
  }

  #cursor(id: string): Cursor | undefined {
    const open = this.#entries.get(id);
    if (open) return open.cursor;
    if (!this.#cursors.has(id)) this.#cursors.set(id, this.line.outbox.read(id));
    const cursor = this.#cursors.get(id);
    return cursor && this.#experiment && belongs(cursor, this.#experiment) ? cursor : undefined;
  }

  /** A problem of one run is told and does not hold up the others; one of the server ends the look. */
  async #try(id: string, work: () => Promise<void>): Promise<string[]> {
    try {
      await work();
      return [];
    } catch (error) {
      this.#entries.delete(id);
      this.#cursors.delete(id);
      if (!(error instanceof MlflowError || error instanceof GanError) || concernsAll(error)) throw error;
      return [error.message];
    }
  }
}

interface EntryWords {
  readonly id: string;
  readonly name: string;
  readonly at: { readonly createdAt: number };
  readonly parentRunId?: string | undefined;
}

/** The server is away, does not let us in, or our own disk is full. */
function concernsAll(error: MlflowError | GanError): boolean {
  if (error instanceof GanError) return error.code === "NO_SPACE" || error.code === "NOT_WRITABLE";
  return error.transient || (error instanceof MlflowApiError && (error.status === 401 || error.status === 403));
}

/** Of a sweep with many trials only the best one's weights are sent. */
function wantedOf({ parent }: Target, runId: string, live: boolean): Wanted {
  const weights = parent === undefined || (parent.summary?.best?.includes(runId) ?? parent.expected !== undefined);
  return { weights, generator: weights && !live };
}
