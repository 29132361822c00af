/** @file What the metrics of the sliced Wasserstein family share: the sets that are compared, and the floor. */
import type { Metric, MetricContext } from "@gan-arena/core/base";
import { unsuitableData } from "./errors.js";
import { generated, real, realFloor, type Vectors } from "./samples.js";

/** Generated samples, and at most as many real ones. */
const SAMPLES = 2000;

interface Distance {
  readonly value: number;
  readonly details?: Readonly<Record<string, number | readonly number[]>>;
}

interface SlicedMetric extends Pick<Metric, "name" | "summary" | "unsuitable"> {
  /** What the number is; which sets are compared is added. */
  readonly measures: string;
  /** Prepares the comparison with the test set. */
  distanceTo(test: Vectors, context: MetricContext): (vectors: Vectors) => Distance;
}

/**
 * A distance of 2,000 generated samples to the first 2,000 of the test split in the order of the metric's seed, or to
 * all of them when there are fewer. `floor` in the details is the same distance of training samples: what a perfect
 * generator would score.
 */
export function slicedMetric(definition: SlicedMetric): Metric {
  const { name, summary, measures } = definition;
  return {
    name,
    protocol: `${measures}; ${SAMPLES} generated samples against the first ${SAMPLES} of the test split, or all if fewer`,
    summary,
    better: "lower",
    unsuitable: (context) => definition.unsuitable(context),
    async compute(context) {
      const reason = definition.unsuitable(context);
      if (reason !== undefined) throw unsuitableData(name, reason);
      const test = real(context.test, SAMPLES, context.seed);
      const distance = definition.distanceTo(test, context);
      const { value, details } = distance(await generated(name, context, SAMPLES));
      const floor = realFloor(context, name, () => distance(real(context.train, SAMPLES, context.seed)).value);
      return { value, samples: SAMPLES, split: "test", details: { ...details, floor, realSamples: test.count } };
    },
  };
}
