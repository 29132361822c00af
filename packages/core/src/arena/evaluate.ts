/** @file Judges the generator with metrics. */
import type { OpenDataset } from "../contracts/dataset.js";
import type { Metric, MetricContext, MetricResult } from "../contracts/metric.js";
import type { HostTensor } from "../contracts/tensors.js";
import { GanError, badPlugin } from "../errors.js";
import type { Renderer } from "./render.js";

/** Seeds what metrics choose for themselves, so that all runs of a comparison are measured with the same ruler. */
const METRIC_SEED = 0;

/**
 * Computes the metrics one after the other; samples are generated once for each number that they ask for.
 * @param seed of the run: other seeds give other samples
 * @throws GanError BAD_PLUGIN when a metric throws or returns something else than a number
 */
export async function evaluate(
  metrics: readonly Metric[],
  { renderer, data, seed }: { readonly renderer: Renderer; readonly data: OpenDataset; readonly seed: number },
): Promise<Record<string, MetricResult>> {
  const generated = new Map<number, Promise<HostTensor>>();
  const generate = (n: number): Promise<HostTensor> => {
    const samples = generated.get(n) ?? renderer.render({ n, seed, name: `metric/${n}` });
    generated.set(n, samples);
    return samples;
  };
  const results: Record<string, MetricResult> = {};
  for (const metric of metrics) {
    try {
      const context = { seed: METRIC_SEED, ...data, generate, ...translationOf({ renderer, data, seed }) };
      results[metric.name] = checked(metric, await metric.compute(context));
    } catch (error) {
      if (error instanceof GanError) throw error;
      throw badPlugin(`metric/${metric.name}`, `compute threw: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }
  return results;
}

/** For a translating view, where its samples came from: the renderer draws the test split in the order of the run's seed. */
function translationOf({
  renderer,
  data,
  seed,
}: {
  readonly renderer: Renderer;
  readonly data: OpenDataset;
  readonly seed: number;
}): Pick<MetricContext, "translation"> {
  const { translates } = renderer.judged();
  if (!translates) return {};
  return { translation: { ...translates, drawn: (n) => data.test.batch({ seed, position: 0 }, n) } };
}

/** A plugin in JavaScript may return anything. */
function checked(metric: Metric, result: MetricResult): MetricResult {
  const value: unknown = (result as MetricResult | undefined)?.value;
  if (typeof value !== "number")
    throw badPlugin(
      `metric/${metric.name}`,
      `compute must return { value: a number, samples, split }, got the value ${JSON.stringify(value) ?? "undefined"}; mend the metric`,
    );
  return result;
}
