/** @file What all optimisers are told, and the checks they share. */
import { optionOutOfRange } from "../errors.js";
import type { Progress, Schedule } from "./optimizer.js";

export interface RateOptions {
  /** Learning rate, > 0. */
  readonly lr: number;
  /** Factor on the learning rate over the run; default 1 throughout. */
  readonly schedule?: Schedule;
}

const RANGES = {
  positive: { words: "a finite number > 0", holds: (value: number) => value > 0 && value < Infinity },
  notNegative: { words: "a finite number >= 0", holds: (value: number) => value >= 0 && value < Infinity },
  decay: { words: "in [0,1)", holds: (value: number) => value >= 0 && value < 1 },
  fraction: { words: "in [0,1]", holds: (value: number) => value >= 0 && value <= 1 },
} as const;

/** Refuses what is out of range, so that a sweep fails with a name instead of a NaN. @throws GanError BAD_CONFIG */
export function checkOptions(
  where: string,
  range: keyof typeof RANGES,
  options: Readonly<Record<string, number>>,
): void {
  const { words, holds } = RANGES[range];
  for (const [name, value] of Object.entries(options))
    if (!holds(value)) throw optionOutOfRange(where, name, words, value);
}

/** The rate at this point of the run. @throws GanError BAD_CONFIG when the schedule gives no finite number >= 0 */
export function rateAt(optimizer: string, { lr, schedule }: RateOptions, progress: Progress): number {
  if (!schedule) return lr;
  const factor = schedule(progress);
  const { words, holds } = RANGES.notNegative;
  // Named only when it is refused: this is called at every update, and a name of its own would be kept as a property's.
  if (!holds(factor))
    throw optionOutOfRange(`optimizer/${optimizer}`, `schedule at ${progress.kimg} kimg`, words, factor);
  return lr * factor;
}
