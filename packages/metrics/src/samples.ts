/** @file The two sets that a metric compares: what was generated and what is real. */
import type { DataSource, MetricContext } from "@gan-arena/core/base";
import { notFiniteSamples, wrongSamples } from "./errors.js";

/** `count` vectors of length `dim`, row-major. */
export interface Vectors {
  readonly count: number;
  readonly dim: number;
  readonly values: Float32Array;
}

/**
 * `n` generated samples, each flattened to one vector.
 * @throws GanError SHAPE_MISMATCH when they are not like the data's `x`, NOT_FINITE when one holds NaN or Infinity
 */
export async function generated(metric: string, context: MetricContext, n: number): Promise<Vectors> {
  const expected = [n, ...context.train.spec.fields.x.shape];
  const { shape, data } = await context.generate(n);
  if (shape.length !== expected.length || shape.some((extent, axis) => extent !== expected[axis]))
    throw wrongSamples(metric, expected, shape);
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw notFiniteSamples(metric, { index, value: values[index] });
  return { count: n, dim: values.length / n, values };
}

/** The first `n` real samples in the order of `seed`, or the whole set when it is smaller: none is there twice. */
export function real(source: DataSource, n: number, seed: number): Vectors {
  const count = Math.min(n, source.spec.size);
  const values = source.batch({ seed, position: 0 }, count).x.data as Float32Array;
  return { count, dim: values.length / count, values };
}

const floors = new WeakMap<DataSource, Map<string, number>>();

/**
 * What a perfect generator would score: `measure` of training data against the test data. Computed once for each
 * test source and key, since a run asks for it at every evaluation.
 *
 * @param key everything that the number depends on beside the data
 */
export function realFloor(context: MetricContext, key: string, measure: () => number): number {
  const known = floors.get(context.test) ?? new Map<string, number>();
  floors.set(context.test, known);
  const whole = `${key}/${context.seed}/${context.train.fingerprint}`;
  let floor = known.get(whole);
  if (floor === undefined) {
    floor = measure();
    known.set(whole, floor);
  }
  return floor;
}
