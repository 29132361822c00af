/** @file Metrics without a finite value, as a divergence of two distributions that share nothing. */
import { METRIC } from "@gan-arena/core/base";

const metricOf = (name, value) => ({
  name,
  protocol: "none",
  summary: `is always ${value}`,
  better: "lower",
  unsuitable: () => undefined,
  compute: () => Promise.resolve({ value, samples: 1, split: "none" }),
});

export const register = (container) => {
  for (const [name, value] of Object.entries({ "is-nan": NaN, "is-infinite": Infinity, "is-negative": -Infinity }))
    container.register(METRIC, { useValue: metricOf(name, value) });
};
