/**
 * @file What the journal of a sweep says, one record a line, in the order in which it happened.
 *
 * A record is written, and on the disk, before what it announces is done: a trial before it is started, a report before
 * its pruning is decided. Whoever reads the journal from its start therefore knows everything that the runner knew, and
 * replaying it into a study gives the same suggestions and the same decisions.
 */
import type { LoggedNumber } from "@gan-arena/core/base";

type ParamValue = string | number | boolean | null;

/** A trial was suggested. */
export interface TrialRecord {
  readonly kind: "trial";
  readonly trial: number;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** One run each; the trial's value is the median over them. */
  readonly seeds: readonly number[];
}

/** One seed of a trial is going to be handed to an executor, under a name that no other job has. */
export interface AttemptRecord {
  readonly kind: "attempt";
  readonly trial: number;
  readonly seed: number;
  readonly job: string;
  readonly executor: string;
}

/** An attempt came to nothing, by no fault of the trial's settings. */
export interface CrashRecord {
  readonly kind: "crash";
  readonly trial: number;
  readonly seed: number;
  readonly message: string;
}

/** A value on the way: what pruning is decided by. */
export interface ReportRecord {
  readonly kind: "report";
  readonly trial: number;
  /** kimg. */
  readonly step: number;
  readonly value: LoggedNumber;
}

/** Population based training: the trial goes on from the weights of another one, with other settings. */
interface ExploitRecord {
  readonly kind: "exploit";
  readonly trial: number;
  /** kimg of the report that it was decided by. */
  readonly step: number;
  readonly from: number;
  /** The run whose newest checkpoint is taken. */
  readonly run: string;
  readonly params: TrialRecord["params"];
}

/** One seed of a trial has finished. */
export interface RunRecord {
  readonly kind: "run";
  readonly trial: number;
  readonly seed: number;
  readonly runId: string;
  /** One for each objective. */
  readonly values: readonly LoggedNumber[];
  readonly metrics: Readonly<Record<string, LoggedNumber>>;
  readonly kimg: number;
  /** Of training. */
  readonly seconds: number;
  readonly gradientEvaluations: number;
}

export type EndState = "complete" | "pruned" | "failed";

/** A trial has ended. */
export interface EndRecord {
  readonly kind: "end";
  readonly trial: number;
  readonly state: EndState;
  /** One for each objective; those of a pruned trial are the last ones reported, a failed trial has none. */
  readonly values: readonly LoggedNumber[];
  /** Why it failed, or was pruned, in one sentence. */
  readonly message?: string;
  /** Wall time from its start to its end in this session. */
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A failed trial is going to be played again, from its start. */
interface ReopenRecord {
  readonly kind: "reopen";
  readonly trial: number;
}

/** The sweep got another number of trials. */
interface LimitRecord {
  readonly kind: "limit";
  readonly trials: number;
}

/** A runner took the sweep up. */
interface SessionRecord {
  readonly kind: "session";
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly executor: string;
  readonly workers: number;
}

export type JournalRecord =
  | TrialRecord
  | AttemptRecord
  | CrashRecord
  | ReportRecord
  | ExploitRecord
  | RunRecord
  | EndRecord
  | ReopenRecord
  | LimitRecord
  | SessionRecord;

type Check = (value: unknown) => boolean;
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isLogged: Check = (value) =>
  typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
const isLoggedList: Check = (value) => Array.isArray(value) && value.every(isLogged);
const isSeeds: Check = (value) => Array.isArray(value) && value.every((seed) => Number.isSafeInteger(seed));
const isState: Check = (value) => value === "complete" || value === "pruned" || value === "failed";

const FIELDS: { readonly [K in JournalRecord["kind"]]: Readonly<Record<string, Check>> } = {
  trial: { trial: isCount, params: isObject, seeds: isSeeds },
  attempt: { trial: isCount, seed: isNumber, job: isText, executor: isText },
  crash: { trial: isCount, seed: isNumber, message: isText },
  report: { trial: isCount, step: isNumber, value: isLogged },
  exploit: { trial: isCount, step: isNumber, from: isCount, run: isText, params: isObject },
  run: {
    trial: isCount,
    seed: isNumber,
    runId: isText,
    values: isLoggedList,
    metrics: isObject,
    kimg: isNumber,
    seconds: isNumber,
    gradientEvaluations: isNumber,
  },
  end: { trial: isCount, state: isState, values: isLoggedList, seconds: isNumber, time: isNumber },
  reopen: { trial: isCount },
  limit: { trials: isCount },
  session: { time: isNumber, executor: isText, workers: isCount },
};

/** The record of one line, or undefined when the line is torn, damaged or of a kind that this version does not know. */
export function parseRecord(line: string): JournalRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const record = value as Record<string, unknown>;
  const kind = record["kind"];
  if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind)) return undefined;
  const fields = FIELDS[kind as JournalRecord["kind"]];
  return Object.entries(fields).every(([name, check]) => check(record[name])) ? (value as JournalRecord) : undefined;
}
