/** @file Mixtures of round Gaussians of equal weight: the toy problems on which mode collapse can be counted. */
import type { MixtureTruth, OpenDataset } from "@gan-arena/core/base";
import { BLOCK, openDistribution } from "./distribution.js";

export interface Mixture {
  readonly name: string;
  /** `[modes][dim]` */
  readonly centres: readonly (readonly number[])[];
  /** Standard deviation of each mode along each axis. */
  readonly std: number;
}

/** Opens a mixture: sample = centre of a mode drawn uniformly + std * standard normal noise. */
export function openMixture({ name, centres, std }: Mixture): OpenDataset {
  const dim = centres[0]?.length ?? 0;
  const flat = Float64Array.from(centres.flat());
  const truth: MixtureTruth = { kind: "mixture", centres, std };
  const sources = openDistribution({
    name,
    dim,
    parameters: { centres, std },
    sampler(draw) {
      const modes = draw("mode");
      const noise = draw("noise");
      const mode = new Int32Array(BLOCK);
      return (block, out) => {
        modes.integers(block, centres.length, mode);
        noise.normal(block, out);
        for (let i = 0, at = 0; i < BLOCK; i++) {
          const centre = mode[i] * dim;
          for (let axis = 0; axis < dim; axis++, at++) out[at] = flat[centre + axis] + std * out[at];
        }
      };
    },
  });
  return { ...sources, truth };
}
