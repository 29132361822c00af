/** @file `compare`: every variant with every seed, at equal budget, side by side. */
import { badConfig } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import type { Context } from "../context.js";
import { MLFLOW } from "../mlflow/option.js";
import { flagName, list, number, numbers, text, whole, type OptionValues } from "../options.js";
import { THREADS, TRAINING_OPTIONS, trainingSettings } from "../runs/training-options.js";

const OPTIONS = {
  variants: list("variants to compare, see: gan-arena variants", { alias: "v" }),
  seeds: numbers("seeds; every variant is trained with each of them (default: 0,1)", whole(0)),
  ...TRAINING_OPTIONS,
  jobs: number("runs that play at the same time (default: one for each core)", whole(1, 1024), {
    alias: "j",
  }),
  threads: THREADS,
  mlflow: MLFLOW,
  resume: text("go on with the comparison of this name; it keeps its settings"),
};
type Options = OptionValues<typeof OPTIONS>;

export const compare = defineCommand({
  name: "compare",
  summary: "Train several variants with several seeds at equal budget, and rank them",
  positionals: [],
  options: OPTIONS,
  examples: [
    ["compare --variants gan,dcgan --dataset mnist --seeds 0,1 --kimg 20", "which draws better digits?"],
    ["compare --resume 20261123-140501-compare-mnist-x7k2", "play what is missing"],
  ],
  async run({ options }, context) {
    const { ComparisonStore, RunStore } = await import("@gan-arena/tracking");
    const stores = { runs: RunStore.open(context.home), comparisons: ComparisonStore.open(context.home) };
    const { runComparison } = await import("../compare/run-comparison.js");
    const { mlflowAddress } = await import("../mlflow/address.js");
    if (options.resume !== undefined) {
      refuseSettings(options);
      const { spec } = stores.comparisons.get(options.resume);
      const mlflow = mlflowAddress(options.mlflow, context, spec.comparisonId);
      return runComparison(context, spec, { ...stores, mlflow });
    }
    const mlflow = mlflowAddress(options.mlflow, context);
    const { planComparison } = await import("../compare/plan.js");
    const spec = await planComparison(context, requestOf(options, context));
    await stores.comparisons.create(spec);
    return runComparison(context, spec, { ...stores, mlflow });
  },
});

function requestOf(options: Options, context: Context) {
  const { values } = context.config;
  if (options.variants === undefined)
    throw badConfig("compare", "no variants are named; add --variants a,b,c, or see: gan-arena variants");
  const jobs = options.jobs ?? values.defaults.jobs;
  const threads = options.threads ?? values.threads;
  return {
    variants: options.variants,
    seeds: options.seeds ?? values.defaults.seeds ?? [0, 1],
    settings: trainingSettings("compare", options, values),
    ...(jobs === undefined ? {} : { jobs }),
    ...(threads === undefined ? {} : { threads }),
  };
}

/** A comparison that goes on with other settings would compare what cannot be compared. */
function refuseSettings(options: Options): void {
  const given = Object.entries(options).find(
    ([name, value]) =>
      name !== "resume" &&
      name !== "mlflow" &&
      value !== undefined &&
      value !== false &&
      !(Array.isArray(value) && value.length === 0),
  );
  if (given)
    throw badConfig(
      "compare",
      `--${flagName(given[0])} cannot be changed with --resume; leave it out, or start a new comparison`,
    );
}
