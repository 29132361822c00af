/** @file Where each cell of a comparison stands, as its messages tell. */
import { fromLogged, type RunStatus, type TrainProgress } from "@gan-arena/core/base";
import { painter, type Paint } from "../terminal/style.js";
import type { Message } from "../runs/observer.js";
import type { CellEnd } from "./child.js";

export type CellStatus = "waiting" | RunStatus;

export interface CellState {
  readonly variant: string;
  readonly seed: number;
  readonly status: CellStatus;
  readonly runId?: string;
  readonly progress?: TrainProgress;
  /** The latest evaluation. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Why it failed, in one sentence. */
  readonly message?: string;
  /** 1 when the failure is ours, 2 when the user can mend it. */
  readonly exitCode?: number;
}

/** The state after a message; the state itself is left as it is. */
export function afterMessage(state: CellState, message: Message): CellState {
  switch (message.kind) {
    case "run":
      return { ...state, status: "running", runId: message.runId };
    case "progress":
      return { ...state, status: "running", progress: message };
    case "metric":
      return { ...state, metrics: { ...state.metrics, [message.name]: fromLogged(message.value) } };
    case "result":
      return { ...state, status: message.status, metrics: message.metrics };
    case "error":
      return { ...state, status: "failed", message: message.message, exitCode: message.exitCode };
    default:
      return state;
  }
}

/** The state after the process is gone, whatever it managed to say before. */
export function afterEnd(state: CellState, { exitCode, signal, lastWords }: CellEnd, stopping: boolean): CellState {
  if (state.status !== "waiting" && state.status !== "running") return state;
  if (stopping || exitCode === 130 || exitCode === 143) return { ...state, status: "interrupted" };
  const last = lastWords
    .trim()
    .split("\n")
    .at(-1)
    ?.replace(/^error: /u, "");
  const how = signal === null ? `exit code ${exitCode ?? "unknown"}` : `signal ${signal}`;
  const message = `the process ended with ${how}${last ? `: ${last}` : ", without a word"}`;
  return { ...state, status: "failed", message, exitCode: exitCode === 2 ? 2 : 1 };
}

const COLOURS = { waiting: "dim", running: "cyan", finished: "green", interrupted: "yellow", failed: "red" } as const;

export const paintStatus = (status: CellStatus, colour: boolean): string => {
  const paint: Paint = painter(colour);
  return paint(COLOURS[status], status);
};
