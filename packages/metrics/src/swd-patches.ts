/** @file Sliced Wasserstein distance between patches of generated and real pictures, scale by scale. */
import type { DataSpec, Metric } from "@gan-arena/core/base";
import { levelsFor, normaliseChannels, PATCH, patchDescriptors, type PatchPlan } from "./patches.js";
import type { Vectors } from "./samples.js";
import { slicedMetric } from "./sliced-metric.js";
import { directions, slicedWasserstein } from "./sliced-wasserstein.js";

const NAME = "swd-patches2k";
const PATCHES = 2 ** 14;
const DIRECTIONS = 4 * 128;
/** Pixels along the shorter side of the coarsest level, at least. */
const SMALLEST_LEVEL = 14;

/**
 * Karras et al. 2018, "Progressive Growing of GANs", arXiv:1710.10196, Sec. 5: patches of 7x7 pixels from every level
 * of the Laplacian pyramid, normalised by mean and deviation of each channel in each set on its own, 512 directions,
 * the mean over directions of W1, times 1000, averaged over levels. The finest level tells about sharpness and noise,
 * the coarsest about large-scale structure; `levels` in the details has them apart, from fine to coarse.
 *
 * What differs from the paper: 2^14 patches of each level instead of 2^21, from 2,000 generated pictures and at most
 * 2,000 of the test split instead of 16,384 each; patches of both sets are cut at the same random places; levels go
 * down to 14 pixels instead of 16, so that pictures of 28 have two, and smaller ones have one. Numbers must not be
 * compared with those printed in the paper; `floor`, real against real, is where perfect lies.
 */
export const swdPatches: Metric = slicedMetric({
  name: NAME,
  summary: "sliced Wasserstein distance of patches at several scales to the test split (Karras 2018)",
  measures:
    `sliced W1 x 1000 of ${PATCH}x${PATCH} Laplacian patches, ${PATCHES} a level, levels down to ${SMALLEST_LEVEL} pixels averaged, ` +
    `${DIRECTIONS} directions`,
  unsuitable({ train: { spec } }) {
    if (!spec.image) return `it compares pictures, and ${spec.name} has points; use swd-points2k`;
    const side = Math.min(spec.image.height, spec.image.width);
    if (side < PATCH)
      return `it cuts patches of ${PATCH}x${PATCH}, and the pictures of ${spec.name} are smaller; use swd-pixels2k`;
    return undefined;
  },
  distanceTo(test, { seed, train: { spec } }) {
    const plan = planFor(spec, seed);
    const size = { count: DIRECTIONS, dim: PATCH * PATCH * plan.channels };
    const along = directions(seed, `metrics/${NAME}/directions`, size);
    const reference = normalisedDescriptors(test, plan);
    return (pictures) => {
      const own = normalisedDescriptors(pictures, plan);
      const levels = own.map((level, i) => 1000 * slicedWasserstein(level, reference[i], along, 1));
      return { value: levels.reduce((sum, level) => sum + level, 0) / levels.length, details: { levels } };
    };
  },
});

function planFor({ image = { height: 0, width: 0, channels: 0 } }: DataSpec, seed: number): PatchPlan {
  const levels = levelsFor(image.height, image.width, SMALLEST_LEVEL);
  return { ...image, levels, count: PATCHES, seed, name: `metrics/${NAME}/places` };
}

function normalisedDescriptors(pictures: Vectors, plan: PatchPlan): Vectors[] {
  const levels = patchDescriptors(pictures, plan);
  for (const level of levels) normaliseChannels(level, plan.channels);
  return levels;
}
