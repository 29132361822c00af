/** @file How many modes of a mixture the generator reaches: the plainest sign of mode collapse. */
import { mixtureMetric } from "./mixture-metric.js";

/**
 * Modes that are the nearest one of at least one sample of high quality (Srivastava et al. 2017, arXiv:1705.07761).
 * From 0 to the number of modes; a perfect generator misses none of 25 in 2,500 samples.
 */
export const modes = mixtureMetric({
  name: "modes2500",
  summary: "modes of a mixture that are reached by a sample within 3 std",
  better: "higher",
  measures: "number of modes with at least one high-quality sample",
  measure: ({ highQuality }, { centres }) => ({
    value: highQuality.filter((count) => count > 0).length,
    details: { modes: centres.length, countsPerMode: highQuality },
  }),
});
