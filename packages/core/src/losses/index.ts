export { LOSS_NAMES, LOSSES, lossByName, type LossName } from "./by-name.js";
export { hinge } from "./hinge.js";
export { leastSquares, type LeastSquaresTargets } from "./least-squares.js";
export type { GeneratorScores, Loss, Scores } from "./loss.js";
export { minimax } from "./minimax.js";
export { nonSaturating } from "./non-saturating.js";
export { relativisticAverage } from "./relativistic-average.js";
export { relativisticPaired } from "./relativistic-paired.js";
export { wasserstein } from "./wasserstein.js";
