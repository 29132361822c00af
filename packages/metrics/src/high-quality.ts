/** @file What share of the generated samples lies on a mode at all. */
import { errorFunction } from "simple-statistics";
import { HIGH_QUALITY_RADIUS, mixtureMetric } from "./mixture-metric.js";

/**
 * Share of samples within three standard deviations of their nearest centre (Srivastava et al. 2017, arXiv:1705.07761),
 * from 0 to 1. The paper prints percent. A perfect generator does not reach 1: see `perfect` in the details. A
 * generator that collapsed onto one point of one mode scores 1: read it together with `modes2500`.
 */
export const highQuality = mixtureMetric({
  name: "hq2500",
  summary: "share of samples within 3 std of a mode",
  better: "higher",
  measures: "share of high-quality samples",
  measure: ({ highQuality, nearest }, { centres }) => ({
    value: sum(highQuality) / sum(nearest),
    details: { perfect: massWithin(HIGH_QUALITY_RADIUS, centres[0].length), countsPerMode: highQuality },
  }),
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Mass of a standard normal in `dim` dimensions within `radius`: the chi-squared distribution function at radius^2, by
 * its recursion F_{d+2}(r^2) = F_d(r^2) - (r^2/2)^{d/2} exp(-r^2/2) / Gamma(d/2 + 1).
 */
export function massWithin(radius: number, dim: number): number {
  const half = radius ** 2 / 2;
  const odd = dim % 2 === 1;
  let mass = odd ? errorFunction(Math.sqrt(half)) : 1 - Math.exp(-half);
  // (r^2/2)^{d/2} exp(-r^2/2) / Gamma(d/2 + 1), first for d = 1 (Gamma(3/2) = sqrt(pi)/2) or d = 2
  let step = Math.exp(-half) * (odd ? Math.sqrt(half) / (Math.sqrt(Math.PI) / 2) : half);
  for (let d = odd ? 1 : 2; d < dim; d += 2) {
    mass -= step;
    step *= half / (d / 2 + 1);
  }
  return mass;
}
