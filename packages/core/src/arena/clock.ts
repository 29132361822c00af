/** @file The part of every event that says when it happened. */
import type { RunEvent } from "../contracts/events.js";
import type { Counters } from "./counters.js";

type At = "time" | "round" | "kimg" | "gradientEvaluations" | "seconds";

/** An event without its place in the run. */
export type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, At> : never) : never;

/** Not by spreading: V8 (11.3) then makes a hidden class for every single event, and puts off collecting them. */
export const stamp = (counters: Counters, body: EventBody): RunEvent =>
  Object.assign({}, body, {
    time: Date.now(),
    round: counters.round,
    kimg: counters.images / 1000,
    gradientEvaluations: counters.gradientEvaluations,
    seconds: counters.seconds,
  });

/** Seconds of a clock that is never set. */
export const now = (): number => performance.now() / 1000;
