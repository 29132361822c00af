/**
 * @file Metrics that count modes of a mixture whose centres are known.
 *
 * Srivastava et al. 2017 (VEEGAN, arXiv:1705.07761): a sample is of high quality when it lies within three
 * standard deviations of its nearest centre; 2,500 samples are looked at.
 */
import type { Metric, MetricResult, MixtureTruth } from "@gan-arena/core/base";
import { unsuitableData } from "./errors.js";
import { generated, type Vectors } from "./samples.js";

export const SAMPLES = 2500;
/** In standard deviations of the mode. */
export const HIGH_QUALITY_RADIUS = 3;

export interface ModeCounts {
  /** Samples whose nearest centre is that of the mode, `[modes]`. */
  readonly nearest: readonly number[];
  /** Those of them within three standard deviations, `[modes]`. */
  readonly highQuality: readonly number[];
}

/** Gives each sample to its nearest centre; of two at the same distance to the first. */
export function countModes({ count, dim, values }: Vectors, { centres, std }: MixtureTruth): ModeCounts {
  const nearest = Array.from({ length: centres.length }, () => 0);
  const highQuality = Array.from({ length: centres.length }, () => 0);
  const flat = Float64Array.from(centres.flat());
  const limit = (HIGH_QUALITY_RADIUS * std) ** 2;
  for (let i = 0; i < count; i++) {
    let best = 0;
    let least = Infinity;
    for (let mode = 0; mode < centres.length; mode++) {
      let square = 0;
      for (let axis = 0; axis < dim; axis++) square += (values[i * dim + axis] - flat[mode * dim + axis]) ** 2;
      if (square < least) {
        least = square;
        best = mode;
      }
    }
    nearest[best]++;
    if (least <= limit) highQuality[best]++;
  }
  return { nearest, highQuality };
}

interface MixtureMetric {
  readonly name: string;
  readonly summary: string;
  readonly better: "lower" | "higher";
  /** What the number is, in words; the common part of the protocol is added. */
  readonly measures: string;
  measure(counts: ModeCounts, truth: MixtureTruth): Omit<MetricResult, "samples" | "split">;
}

/** A metric of {@link ModeCounts}; unsuitable for data without known modes. */
export function mixtureMetric(definition: MixtureMetric): Metric {
  const { name, summary, better, measures } = definition;
  const unsuitable = ({ train, truth }: Parameters<Metric["unsuitable"]>[0]) =>
    truth ? undefined : `it counts modes, and the modes of ${train.spec.name} are not known; use it with ring or grid`;
  return {
    name,
    protocol: `${measures}; ${SAMPLES} generated samples, each given to its nearest centre, high quality within ${HIGH_QUALITY_RADIUS} std`,
    summary,
    better,
    unsuitable,
    async compute(context) {
      const { truth } = context;
      if (!truth) throw unsuitableData(name, unsuitable(context) ?? "");
      const counts = countModes(await generated(name, context, SAMPLES), truth);
      return { ...definition.measure(counts, truth), samples: SAMPLES, split: "none" };
    },
  };
}
