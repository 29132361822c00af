/** @file The numbers that change from play to play: rates, bias corrections, decays of averages. */
import { emaDecay } from "../optimizers/index.js";
import type { Counters } from "./counters.js";
import type { Game, PhasePlan } from "./game.js";

/**
 * Fills the vector `hyper` for the next play of a phase, in the order of {@link PhasePlan.hyper}.
 *
 * The decay of an average is 0.5 ^ (images since its last move / half-life), so the half-life holds whatever the order
 * and the number of a round's plays. It grows with the run, so that the noise of the first weights is soon forgotten.
 * @param imagesAfter real images shown to critics once this play is over
 */
export function fillHyper(
  { game, plan, totalKimg }: { readonly game: Game; readonly plan: PhasePlan; readonly totalKimg: number },
  counters: Counters,
  imagesAfter: number,
  out: Float32Array,
): void {
  let at = 0;
  for (const network of plan.phase.updates) {
    const scalars = game.optimizers[network].scalars({
      update: counters.updates[network] + 1,
      kimg: counters.images / 1000,
      totalKimg,
    });
    for (const name in scalars) out[at++] = scalars[name];
    if (network in game.averages) {
      const images = imagesAfter - counters.averagedAt[network];
      out[at++] = images === 0 ? 1 : emaDecay({ halfLifeKimg: game.averages[network], batchSize: images, kimg: imagesAfter / 1000 });
    }
  }
}
