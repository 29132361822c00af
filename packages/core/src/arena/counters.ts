/** @file Everything that is counted in a run. With the state's vectors and the replay pools it is all that a checkpoint needs. */

export interface Counters {
  /** Rounds played. */
  round: number;
  /** Plays of each phase; the counter of its random draws. */
  readonly plays: Record<string, number>;
  /** Optimiser steps of each network. */
  readonly updates: Record<string, number>;
  /** Images shown to critics when each network's average was last moved. */
  readonly averagedAt: Record<string, number>;
  /** Place in the stream of real samples. */
  position: number;
  /** Real images shown to critics. */
  images: number;
  gradientEvaluations: number;
  /** Seconds of training over all sessions. */
  seconds: number;
}

export function newCounters(phases: readonly string[], networks: readonly string[]): Counters {
  const zeros = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name) => [name, 0]));
  return {
    round: 0,
    plays: zeros(phases),
    updates: zeros(networks),
    averagedAt: zeros(networks),
    position: 0,
    images: 0,
    gradientEvaluations: 0,
    seconds: 0,
  };
}
