import type { PrunerFactory } from "../study/plugins.js";
import { asha } from "./asha.js";
import { hyperband } from "./hyperband.js";
import { medianPruner, percentilePruner } from "./median.js";
import { none } from "./none.js";
import { patience } from "./patience.js";
import { pbt } from "./pbt.js";
import { threshold } from "./threshold.js";

/** The pruners that come with the package. */
export const PRUNERS: readonly PrunerFactory[] = [
  asha,
  hyperband,
  medianPruner,
  none,
  patience,
  pbt,
  percentilePruner,
  threshold,
];
export { patient } from "./patience.js";
export { asha, hyperband, medianPruner, none, patience, pbt, percentilePruner, threshold };
