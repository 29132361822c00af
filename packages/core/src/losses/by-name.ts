/** @file Losses by name, for configs in which the loss is a choice. */
import { unknownName } from "../errors.js";
import { hinge } from "./hinge.js";
import { leastSquares } from "./least-squares.js";
import type { Loss } from "./loss.js";
import { minimax } from "./minimax.js";
import { nonSaturating } from "./non-saturating.js";
import { relativisticAverage } from "./relativistic-average.js";
import { relativisticPaired } from "./relativistic-paired.js";
import { wasserstein } from "./wasserstein.js";

/** Every loss of core under its own name; least squares with its default targets. */
export const LOSSES = {
  minimax,
  nonSaturating,
  leastSquares: leastSquares(),
  wasserstein,
  hinge,
  relativisticAverage,
  relativisticPaired,
} as const satisfies Readonly<Record<string, Loss>>;

export type LossName = keyof typeof LOSSES;

/** For `z.enum(LOSS_NAMES)`. */
export const LOSS_NAMES = Object.keys(LOSSES) as [LossName, ...LossName[]];

/** @throws GanError UNKNOWN_NAME with the nearest known name */
export function lossByName(name: string): Loss {
  if (!Object.hasOwn(LOSSES, name)) throw unknownName("lossByName", "loss", name, LOSS_NAMES);
  return LOSSES[name as LossName];
}
