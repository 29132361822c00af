/** @file Keeps an MLflow server up to date with a home: once, or for as long as somebody plays there. */
import { setTimeout as sleep } from "node:timers/promises";
import { GanError } from "@gan-arena/core/base";
import { MlflowError, type MlflowClient } from "mlflow-js-client";
import type { Line } from "./entry.js";
import { Outbox } from "./outbox.js";
import { TargetSender, type Look } from "./send-target.js";
import { TargetIndex } from "./targets.js";

export interface SinkOptions {
  readonly home: string;
  readonly client: MlflowClient;
  /** Writes a run's generator into a file as ONNX; without it none is sent. */
  readonly exportGenerator?: (runId: string, file: string) => Promise<void>;
  /** Sends everything anew: for a server that has lost something. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
}

export interface Sent extends Look {
  readonly id: string;
  readonly experimentId: string | undefined;
}

export interface FollowOptions {
  /** Aborted when nothing is going to be played any more: what is left is sent then. */
  readonly stop: AbortSignal;
  /** Milliseconds between two looks; default 1000. */
  readonly everyMs?: number;
  /** How long a server that is away is waited for at the end, since it took something last; default 30 s. */
  readonly patienceMs?: number;
  /** Told when something cannot be sent, and when it can be again (undefined); never twice the same. */
  onProblem(message: string | undefined): void;
}

export class MlflowSink {
  readonly #index: TargetIndex;
  readonly #outbox: Outbox;
  #progressAt = performance.now();
  #line: Promise<Line> | undefined;

  constructor(private readonly options: SinkOptions) {
    this.#index = new TargetIndex(options.home);
    this.#outbox = Outbox.open(options.home, options.client.trackingUri);
  }

  /** @param words names of runs, comparisons and sweeps, or their starts; everything when there are none */
  targets(words: readonly string[]): string[] {
    return words.length === 0 ? this.#index.ids() : [...new Set(words.map((word) => this.#index.resolve(word)))];
  }

  /**
   * Sends what the server lacks of one target.
   * @throws MlflowError when the server is away or refuses, GanError NOT_WRITABLE when another process sends it
   */
  async send(id: string): Promise<Sent> {
    const sender = await TargetSender.open(await this.#connect(), this.#index, id);
    try {
      const look = await sender.look({ live: false });
      return { id, experimentId: sender.experimentId, ...look };
    } finally {
      await sender.close();
    }
  }

  /** Sends a target while it is played, and the rest when that is over. @returns what is missing in the end */
  async follow(id: string, options: FollowOptions): Promise<Sent> {
    const { stop, everyMs = 1000, patienceMs = 30_000 } = options;
    let sender: TargetSender | undefined;
    let told: string | undefined;
    const tell = (message: string | undefined) => {
      if (message !== told) options.onProblem(message);
      told = message;
    };
    const look = async (live: boolean) => {
      sender ??= await TargetSender.open(await this.#connect(), this.#index, id);
      return { id, experimentId: sender.experimentId, ...(await sender.look({ live })) };
    };
    try {
      for (let wait = everyMs; !stop.aborted; await pause(wait, stop)) {
        try {
          const { problems } = await look(true);
          tell(problems[0]);
          wait = everyMs;
        } catch (error) {
          tell(sentence(error));
          wait = Math.min(2 * wait, SLOWEST_MS);
        }
      }
      for (const since = performance.now(); ;) {
        try {
          return await look(false);
        } catch (error) {
          const idle = performance.now() - Math.max(since, this.#progressAt);
          if (!isTransient(error) || idle > patienceMs)
            return { id, experimentId: sender?.experimentId, sent: 0, runs: 0, problems: [sentence(error)] };
          tell(sentence(error));
          await sleep(everyMs);
        }
      }
    } finally {
      await sender?.close();
    }
  }

  /** Asks the server for its version, once. */
  #connect(): Promise<Line> {
    const { client, again = false, signal, exportGenerator } = this.options;
    this.#line ??= client.serverVersion(signal === undefined ? {} : { signal }).then((version) => ({
      client,
      outbox: this.#outbox,
      major: Number.parseInt(version, 10) || 2,
      again,
      signal,
      exportGenerator,
      onProgress: () => void (this.#progressAt = performance.now()),
    }));
    this.#line.catch(() => (this.#line = undefined));
    return this.#line;
  }
}

const SLOWEST_MS = 5_000;

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: stop }).catch(() => undefined);

const isTransient = (error: unknown): boolean => error instanceof MlflowError && error.transient;

/** @throws anything else: it is a mistake of ours */
function sentence(error: unknown): string {
  if (error instanceof MlflowError || error instanceof GanError) return error.message;
  throw error;
}
