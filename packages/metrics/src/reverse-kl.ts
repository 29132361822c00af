/** @file How unevenly the generator serves the modes of a mixture. */
import { mixtureMetric } from "./mixture-metric.js";

/**
 * KL(p_g || p_data) in nats between two distributions over modes: that of the generated samples, each given to its
 * nearest centre whatever its distance, and the uniform one (Lin et al. 2018, PacGAN, arXiv:1712.04086).
 * 0 when all modes are served alike, log(modes) when one mode gets everything; always finite, since an empty mode adds
 * 0.
 *
 * The paper estimates p_data from real samples too; here it is known, all modes of a mixture have the same weight.
 * `floor` in the details is what a perfect generator scores on average: (modes - 1) / (2 * samples), to first order.
 */
export const reverseKl = mixtureMetric({
  name: "reverse-kl2500",
  summary: "KL from the generator's distribution over modes to the uniform one",
  better: "lower",
  measures: "KL(p_g || uniform) over modes, in nats, all samples counted",
  measure({ nearest }) {
    const total = nearest.reduce((sum, count) => sum + count, 0);
    const terms = nearest.map((count) =>
      count === 0 ? 0 : (count / total) * Math.log((count / total) * nearest.length),
    );
    return {
      value: Math.max(
        0,
        terms.reduce((sum, term) => sum + term, 0),
      ), // rounding may leave -1e-17
      details: { floor: (nearest.length - 1) / (2 * total), countsPerMode: nearest },
    };
  },
});
