/** @file The two sets that a metric compares: what was generated and what is real. */
import type { DataSource, HostTensor, MetricContext, Translation } from "@gan-arena/core/base";
import { notFiniteSamples, wrongSamples } from "./errors.js";

/** `count` vectors of length `dim`, row-major. */
export interface Vectors {
  readonly count: number;
  readonly dim: number;
  readonly values: Float32Array;
}

/** The field of the data that generated samples should look like. */
export const targetOf = ({ translation }: Pick<MetricContext, "translation">): string => translation?.to ?? "x";

/** `n`, or for a translation as many as there are test samples to translate: none is judged twice. */
export const countOf = ({ translation, test }: MetricContext, n: number): number =>
  translation ? Math.min(n, test.spec.size) : n;

/**
 * `n` generated samples, each flattened to one vector.
 * @throws GanError SHAPE_MISMATCH when they are not like the data's `x`, or the field translated to; NOT_FINITE when one holds NaN or Infinity
 */
export async function generated(metric: string, context: MetricContext, n: number): Promise<Vectors> {
  const expected = [n, ...(context.train.spec.fields[targetOf(context)]?.shape ?? [])];
  const { shape, data } = await context.generate(n);
  if (shape.length !== expected.length || shape.some((extent, axis) => extent !== expected[axis]))
    throw wrongSamples(metric, expected, shape);
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw notFiniteSamples(metric, { index, value: values[index] });
  return { count: n, dim: values.length / n, values };
}

/** The first `n` real samples in the order of `seed`, or the whole set when it is smaller: none is there twice. */
export function real(source: DataSource, n: number, { seed, field }: { seed: number; field: string }): Vectors {
  const count = Math.min(n, source.spec.size);
  return vectorsOf(source.batch({ seed, position: 0 }, count)[field]);
}

/** The real samples that `n` translations were made from, or their true partners. @param field of the data */
export function drawn(translation: Translation, n: number, field: string): Vectors {
  return vectorsOf(translation.drawn(n)[field]);
}

function vectorsOf({ shape: [count = 1], data }: HostTensor): Vectors {
  return { count, dim: data.length / count, values: data as Float32Array };
}

const distances = new WeakMap<DataSource, Map<string, number>>();

/**
 * A distance of real data to the test data, for example what a perfect generator would score. Computed once for each test
 * source and key, since a run asks for it at every evaluation.
 *
 * @param key everything that the number depends on beside the data
 */
export function realDistance(context: MetricContext, key: string, measure: () => number): number {
  const known = distances.get(context.test) ?? new Map<string, number>();
  distances.set(context.test, known);
  const whole = `${key}/${context.seed}/${context.train.fingerprint}`;
  let distance = known.get(whole);
  if (distance === undefined) {
    distance = measure();
    known.set(whole, distance);
  }
  return distance;
}
