/** @file What the metrics of the sliced Wasserstein family share: the sets that are compared, and the floor. */
import type { Metric, MetricContext } from "@gan-arena/core/base";
import { unsuitableData } from "./errors.js";
import { countOf, drawn, generated, real, realDistance, targetOf, type Vectors } from "./samples.js";

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
 *
 * Translations are compared with the domain that they should look like, each test sample translated once; `untranslated`
 * in the details is the distance of the same samples as they were.
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
      const { seed, translation } = context;
      const target = { seed, field: targetOf(context) };
      const samples = countOf(context, SAMPLES);
      const test = real(context.test, SAMPLES, target);
      const distance = definition.distanceTo(test, context);
      const { value, details } = distance(await generated(name, context, samples));
      const measured = (key: string, vectors: () => Vectors) =>
        realDistance(context, `${name}/${target.field}/${key}`, () => distance(vectors()).value);
      const floor = measured("floor", () => real(context.train, SAMPLES, target));
      const untranslated = translation && {
        untranslated: measured("untranslated", () => drawn(translation, samples, translation.from)),
      };
      return {
        value,
        samples,
        split: "test",
        details: { ...details, floor, ...untranslated, realSamples: test.count },
      };
    },
  };
}
