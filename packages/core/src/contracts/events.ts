/**
 * @file The event stream of a run: the source of truth that trackers, reports and sweeps read.
 *
 * One JSON object a line, append-only. Numbers that JSON cannot hold are the strings "NaN", "Infinity", "-Infinity".
 * After a resume, events past the checkpoint's round are played again; readers keep the last event of a (kind, name, round).
 */
export type LoggedNumber = number | "NaN" | "Infinity" | "-Infinity";

interface At {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Rounds played so far. */
  readonly round: number;
  /** Thousand real images shown to D so far. */
  readonly kimg: number;
  /** Gradients of a network's terms over one batch, so far. */
  readonly gradientEvaluations: number;
  /** Seconds of training so far, over all sessions, without metrics and pictures. */
  readonly seconds: number;
}

export type RunStatus = "running" | "finished" | "interrupted" | "failed";

export type RunEvent =
  | (At & { readonly kind: "status"; readonly status: RunStatus; readonly message?: string; readonly code?: string })
  /** Terms and probes such as `D/penalty`, `score/real`: the mean over the plays since the last such event. */
  | (At & { readonly kind: "terms"; readonly values: Readonly<Record<string, LoggedNumber>> })
  | (At & {
      readonly kind: "metric";
      readonly name: string;
      readonly protocol: string;
      readonly better: "lower" | "higher";
      readonly value: LoggedNumber;
      readonly samples: number;
      readonly split: string;
      readonly details?: Readonly<Record<string, LoggedNumber | readonly number[]>>;
    })
  /** Speed and health: kimgPerSecond, stepMs, rssMiB. */
  | (At & { readonly kind: "health"; readonly values: Readonly<Record<string, LoggedNumber>> })
  | (At & { readonly kind: "image"; readonly name: string; readonly file: string })
  | (At & { readonly kind: "points"; readonly name: string; readonly file: string })
  | (At & { readonly kind: "checkpoint"; readonly file: string; readonly sha256: string });

export const toLogged = (value: number): LoggedNumber =>
  Number.isFinite(value) ? value : (String(value) as "NaN" | "Infinity" | "-Infinity");

export const fromLogged = (value: LoggedNumber): number => Number(value);
