/** @file Sliced Wasserstein distance between generated and real points. */
import { slicedMetric } from "./sliced-metric.js";
import { directions, slicedWasserstein } from "./sliced-wasserstein.js";

const NAME = "swd-points2k";
const DIRECTIONS = 128;

/** Sliced 2-Wasserstein distance along 128 directions, in the units of the data; on the line it is the exact W2. */
export const swdPoints = slicedMetric({
  name: NAME,
  summary: "sliced Wasserstein distance of points to the test split",
  measures: `sliced W2 of points, ${DIRECTIONS} directions (1 on the line)`,
  unsuitable: ({ train: { spec } }) =>
    spec.points ? undefined : `it compares points, and ${spec.name} has pictures; use swd-pixels2k or swd-patches2k`,
  distanceTo(test, { seed }) {
    const size = { count: test.dim === 1 ? 1 : DIRECTIONS, dim: test.dim };
    const along = directions(seed, `metrics/${NAME}/directions`, size);
    return (points) => ({ value: slicedWasserstein(points, test, along, 2) });
  },
});
