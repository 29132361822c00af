/** @file One run on the server, with the cursor that says what it has. Everything here may be done twice. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { MlflowApiError, type DatasetInput, type Experiment, type MlflowClient, type Run } from "mlflow-js-client";
import { artifactsRefused, deletedOnServer } from "../errors.js";
import { sha256, type Cursor, type Outbox } from "./outbox.js";
import { START } from "./tail.js";

/** What sending needs, whatever is sent. */
export interface Line {
  readonly client: MlflowClient;
  readonly outbox: Outbox;
  /** Of the server's version. */
  readonly major: number;
  /** Sends everything anew, and makes runs again that were deleted on the server. */
  readonly again: boolean;
  /** Ends all requests. */
  readonly signal: AbortSignal | undefined;
  /** Writes a run's generator into a file as ONNX. */
  readonly exportGenerator: ((runId: string, file: string) => Promise<void>) | undefined;
  /** Called whenever the server has taken something. */
  onProgress(): void;
}

export type Status = "RUNNING" | "FINISHED" | "FAILED" | "KILLED";

export interface NewEntry {
  /** Of the run, comparison or sweep in the store; on the server it is a tag, by which the run is found again. */
  readonly id: string;
  readonly experiment: Experiment;
  readonly name: string;
  readonly startTime: number;
  readonly parentRunId: string | undefined;
}

export interface Description {
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets?: readonly DatasetInput[];
}

const UID_TAG = "gan-arena.uid";

export class Entry {
  private constructor(
    private readonly line: Line,
    private current: Cursor,
  ) {}

  /** Finds the run on the server, or makes it. @throws GanError BAD_CONFIG when somebody has deleted it there */
  static async open(line: Line, entry: NewEntry): Promise<Entry> {
    const { id, experiment, name, startTime, parentRunId } = entry;
    const known = line.again ? undefined : line.outbox.read(id);
    const there = known && belongs(known, experiment) ? await existing(line, known) : undefined;
    if (known && there) return new Entry(line, known);
    const run = await line.client.runs.createOnce(
      {
        experimentId: experiment.experimentId,
        uid: id,
        uidTag: UID_TAG,
        name,
        startTime,
        ...(parentRunId === undefined ? {} : { parentRunId }),
      },
      callOptions(line),
    );
    const { artifactUri } = run.info;
    const cursor: Cursor = {
      formatVersion: 1,
      id,
      experiment: { id: experiment.experimentId, createdAt: experiment.creationTime ?? 0 },
      mlflowRunId: run.info.runId,
      place: START,
      seen: {},
      description: "",
      ending: endingOf(run),
      files: {},
      ...(artifactUri.startsWith("mlflow-artifacts:") ? {} : { refused: artifactsRefused(id, artifactUri).message }),
    };
    await line.outbox.write(cursor);
    return new Entry(line, cursor);
  }

  get cursor(): Cursor {
    return this.current;
  }
  get runId(): string {
    return this.current.mlflowRunId;
  }
  get owner(): { readonly runId: string } {
    return { runId: this.runId };
  }

  /** Sent once, and again when something of it has changed. */
  async describe(description: Description): Promise<void> {
    const hash = sha256(JSON.stringify(description));
    if (hash === this.current.description) return;
    const { params, tags, datasets = [] } = description;
    const { client } = this.line;
    await client.runs.logBatch(this.runId, { params, tags }, this.batchOptions());
    if (datasets.length > 0) await client.runs.logInputs(this.runId, datasets, this.options());
    await this.save({ description: hash });
  }

  /** Sent when the file is another than the one that was sent. */
  async file(path: string, file: string): Promise<void> {
    if (this.current.refused !== undefined) return;
    const hash = await hashOf(file);
    if (this.current.files[path] === hash) return;
    await this.line.client.artifacts.upload(this.owner, path, { file }, this.options());
    await this.sent(path, hash);
  }

  /** Notes that something was sent under a name that says what, with what tells one version from another. */
  sent(what: string, version: string): Promise<void> {
    return this.save({ files: { ...this.current.files, [what]: version } });
  }

  async end(status: Status, endTime: number): Promise<void> {
    const ending = status === "RUNNING" ? status : `${status} ${endTime}`;
    if (ending === this.current.ending) return;
    await this.line.client.runs.update(
      this.runId,
      status === "RUNNING" ? { status } : { status, endTime },
      this.options(),
    );
    await this.save({ ending });
  }

  async save(changes: Partial<Cursor>): Promise<void> {
    const next = { ...this.current, ...changes };
    await this.line.outbox.write(next);
    this.current = next;
    this.line.onProgress();
  }

  options() {
    return callOptions(this.line);
  }

  /** Where no artifacts are taken, the start of a long text and its hash have to do. */
  batchOptions() {
    const { refused } = this.current;
    return {
      ...this.options(),
      ...(refused === undefined
        ? {}
        : { longValue: (long: { readonly placeholder: string }) => Promise.resolve(long.placeholder) }),
    };
  }
}

export const callOptions = ({ signal }: Line) => (signal === undefined ? {} : { signal });

export const belongs = ({ experiment }: Cursor, { experimentId, creationTime }: Experiment): boolean =>
  experiment.id === experimentId && experiment.createdAt === (creationTime ?? 0);

async function existing(line: Line, { mlflowRunId, id }: Cursor): Promise<Run | undefined> {
  try {
    const run = await line.client.runs.get(mlflowRunId, callOptions(line));
    if (run.info.lifecycleStage !== "deleted") return run;
    // Of two homes that made the run at the same instant, the other one's was kept.
    const { experimentId } = run.info;
    const active = await line.client.runs.findByUid({ experimentId, uid: id, uidTag: UID_TAG }, callOptions(line));
    if (active.length === 0) throw deletedOnServer(id);
    return undefined;
  } catch (error) {
    if (error instanceof MlflowApiError && error.errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw error;
  }
}

const endingOf = ({ info: { status, endTime } }: Run): string =>
  status === "RUNNING" || endTime === undefined ? status : `${status} ${endTime}`;

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
