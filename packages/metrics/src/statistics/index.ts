/** @file Statistics over seeds. */
export {
  binomial,
  compareCells,
  type CompareOptions,
  type Comparison,
  holm,
  seedsNeeded,
  smallestP,
  type Verdict,
} from "./permutation-test.js";
export { type Cell, type Pair, rank, type Ranking, type RankingRow, type SeedScore } from "./rank.js";
export { twoSidedT } from "./student-t.js";
export { type Interval, summarise, type Summary } from "./summary.js";
