/** @file Sliced Wasserstein distance between generated and real pictures, pixel by pixel. */
import { slicedMetric } from "./sliced-metric.js";
import { directions, slicedWasserstein } from "./sliced-wasserstein.js";

const NAME = "swd-pixels2k";
const DIRECTIONS = 128;

/**
 * Sliced 2-Wasserstein distance between whole pictures as vectors of pixels in [-1,1]; the unit is that of a root mean
 * square over pixels. Cheap and strict: it sees brightness, position and variety, and forgives no shift of a stroke;
 * it hardly sees whether an edge is sharp, for which there is `swd-patches2k`.
 */
export const swdPixels = slicedMetric({
  name: NAME,
  summary: "sliced Wasserstein distance of whole pictures to the test split",
  measures: `sliced W2 of pixels in [-1,1], ${DIRECTIONS} directions`,
  unsuitable: ({ train: { spec } }) =>
    spec.image ? undefined : `it compares pictures, and ${spec.name} has points; use swd-points2k`,
  distanceTo(test, { seed }) {
    const along = directions(seed, `metrics/${NAME}/directions`, { count: DIRECTIONS, dim: test.dim });
    return (pictures) => ({ value: slicedWasserstein(pictures, test, along, 2) });
  },
});
