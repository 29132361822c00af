/**
 * @file Schedules: factors on the learning rate as functions of progress in kimg, so that they mean the same at any batch
 * size. Pure, so a run that is resumed finds the same rate.
 */
import { optionOutOfRange } from "../errors.js";
import type { Progress, Schedule } from "./optimizer.js";
import { checkOptions } from "./options.js";

/** The same factor throughout. @throws GanError BAD_CONFIG when it is not a finite number >= 0 */
export function constantRate(factor = 1): Schedule {
  checkOptions("schedule/constantRate", "notNegative", { factor });
  return () => factor;
}

export interface DecayOptions {
  /** Where the decay begins, as a share of the budget in [0,1]; default 0. */
  readonly from?: number;
  /** Where the decay begins, in kimg; instead of `from`. */
  readonly fromKimg?: number;
  /** The factor at the end of the budget; default 0. */
  readonly to?: number;
}

/**
 * 1 at first, then on a straight line to `to` at the end of the budget.
 *
 * @throws GanError BAD_CONFIG when `from` and `fromKimg` are both given or an option is out of range
 * @example linearDecay({ from: 0.5 }) // CycleGAN: half of the run at the full rate, then linearly to 0
 */
export function linearDecay(options: DecayOptions = {}): Schedule {
  const { to, travelled } = decay("schedule/linearDecay", options);
  return (progress) => 1 + (to - 1) * travelled(progress);
}

/**
 * 1 at first, then along half a cosine to `to` at the end of the budget: to + (1 - to) (1 + cos(pi s)) / 2, s the share of
 * the decay that is behind. Loshchilov and Hutter 2017, arXiv:1608.03983, Eq. 5, without restarts.
 *
 * @throws GanError BAD_CONFIG as linearDecay
 */
export function cosine(options: DecayOptions = {}): Schedule {
  const { to, travelled } = decay("schedule/cosine", options);
  return (progress) => to + ((1 - to) * (1 + Math.cos(Math.PI * travelled(progress)))) / 2;
}

/** The end point of a decay, and the share of it that is behind, in [0,1]. */
function decay(
  where: string,
  { from, fromKimg, to = 0 }: DecayOptions,
): { to: number; travelled: (progress: Progress) => number } {
  if (from !== undefined && fromKimg !== undefined)
    throw optionOutOfRange(where, "fromKimg", "left out when from is given", fromKimg);
  checkOptions(where, "notNegative", { to, fromKimg: fromKimg ?? 0 });
  checkOptions(where, "fraction", { from: from ?? 0 });
  return {
    to,
    travelled({ kimg, totalKimg }) {
      const start = fromKimg ?? (from ?? 0) * totalKimg;
      if (kimg <= start) return 0;
      return kimg >= totalKimg ? 1 : (kimg - start) / (totalKimg - start);
    },
  };
}

export interface WarmupOptions {
  /** Length of the ramp in kimg; the first update has factor 0. */
  readonly kimg?: number;
  /** Length of the ramp in updates of the network, instead of `kimg`; the first update has factor 1 / updates. */
  readonly updates?: number;
  /** What the ramp multiplies; default 1 throughout. */
  readonly schedule?: Schedule;
}

/**
 * A straight ramp up to `schedule`.
 *
 * @throws GanError BAD_CONFIG unless exactly one of `kimg` and `updates` is given, and is > 0
 * @example warmup({ kimg: 10, schedule: cosine() })
 */
export function warmup({ kimg, updates, schedule = constantRate() }: WarmupOptions): Schedule {
  const length = kimg ?? updates;
  if (length === undefined) throw optionOutOfRange("schedule/warmup", "kimg", "given, or updates instead", kimg);
  if (kimg !== undefined && updates !== undefined)
    throw optionOutOfRange("schedule/warmup", "updates", "left out when kimg is given", updates);
  checkOptions("schedule/warmup", "positive", kimg === undefined ? { updates: length } : { kimg: length });
  return (progress) =>
    Math.min(1, (kimg === undefined ? progress.update : progress.kimg) / length) * schedule(progress);
}
