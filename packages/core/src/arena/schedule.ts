/** @file Who plays when: the plays of a round, and what lazy regularisation does to rates and betas. */
import type { Phase } from "../contracts/variant.js";
import { badRepeat } from "./errors.js";

/** Plays of the phase in `round`, if it is played in it. @throws GanError BAD_PLUGIN when a function gives no such number */
export function repeatOf({ name, repeat = 1 }: Phase, round: number): number {
  if (typeof repeat === "number") return repeat;
  const count = repeat(round);
  if (!Number.isInteger(count) || count < 1) throw badRepeat(name, round, count);
  return count;
}
export const everyOf = (phase: Phase): number => phase.every ?? 1;

/** Phases are played in order in every round, a lazy one in rounds 0, every, 2 every, …. */
const playsIn = (phase: Phase, round: number): boolean => round % everyOf(phase) === 0;

/** The indices of phases played in `round`, in order; a repeated phase appears `repeat` times. */
export function playsOfRound(phases: readonly Phase[], round: number): number[] {
  return phases.flatMap((phase, index) => (playsIn(phase, round) ? Array<number>(repeatOf(phase, round)).fill(index) : []));
}

/** Rounds after which a game may begin anew, for its plays to be kept. */
const LONGEST_PERIOD = 4096;

/** The plays of rounds, found once where they repeat. */
export class Schedule {
  /** Rounds after which the plays repeat; undefined when a repeat is a function of the round. */
  private readonly period: number | undefined;
  private readonly known: (readonly number[] | undefined)[] = [];

  constructor(private readonly phases: readonly Phase[]) {
    const period = phases.map(everyOf).reduce(leastCommonMultiple, 1);
    const repeats = phases.every(({ repeat }) => typeof repeat !== "function") && period <= LONGEST_PERIOD;
    this.period = repeats ? period : undefined;
  }

  /** As {@link playsOfRound}. */
  plays(round: number): readonly number[] {
    const place = this.place(round);
    if (place === undefined) return playsOfRound(this.phases, round);
    return (this.known[place] ??= playsOfRound(this.phases, round));
  }

  /** Rounds of the same place have the same plays, and so have those that follow them. */
  place(round: number): number | undefined {
    return this.period === undefined ? undefined : round % this.period;
  }
}

const leastCommonMultiple = (a: number, b: number): number => {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
};

/** Rounds over which a repeat that is a function counts on average. */
const LONG_RUN = 1000;

function meanRepeat(phase: Phase): number {
  if (typeof phase.repeat !== "function") return repeatOf(phase, 0);
  let plays = 0;
  for (let round = 0; round < LONG_RUN; round++) plays += repeatOf(phase, round);
  return plays / LONG_RUN;
}

/**
 * The factor c of lazy regularisation for one network: its share of regular updates, R / (R + L).
 *
 * One regular update a round and a regulariser on every k-th give c = k / (k + 1), as in Karras et al. 2020
 * (arXiv:1912.04958), App. B: rate * c and betas ^ c keep the optimiser's memory as long, in rounds, as if the regulariser
 * were part of the regular phase. A repeat that is a function counts by its mean over 1000 rounds. A network that only lazy phases move keeps its rate: there is nothing to be lazy beside.
 * @returns c in (0,1]; 1 when no phase that updates the network is lazy
 */
export function lazyCorrection(phases: readonly Phase[], network: string): number {
  const own = phases.filter((phase) => phase.updates.includes(network));
  const updates = (lazy: boolean): number =>
    own
      .filter((phase) => everyOf(phase) > 1 === lazy)
      .reduce((sum, phase) => sum + meanRepeat(phase) / everyOf(phase), 0);
  const regular = updates(false);
  return regular === 0 ? 1 : regular / (regular + updates(true));
}

/** Whether a quantity that is due each `interval` thousand images became due between two counts of images. */
export function due(kimgInterval: number, imagesBefore: number, imagesNow: number): boolean {
  if (!(kimgInterval > 0)) return false;
  const interval = kimgInterval * 1000;
  return Math.floor(imagesNow / interval) > Math.floor(imagesBefore / interval);
}
