/** @file `train`: one variant, one data set, one seed. */
import { defineCommand } from "../command.js";
import type { Context } from "../context.js";
import { flag, number, text, whole } from "../options.js";
import { MLFLOW } from "../mlflow/option.js";
import { engineChoice, THREADS, TRAINING_OPTIONS, trainingSettings } from "../runs/training-options.js";

export const train = defineCommand({
  name: "train",
  summary: "Train one variant on one data set",
  positionals: [{ name: "variant", describe: "name of a variant, see: gan-arena variants" }],
  options: {
    ...TRAINING_OPTIONS,
    seed: number("seed of everything that is random (default: 0)", whole(0)),
    threads: THREADS,
    mlflow: MLFLOW,
    comparison: text("comparison or sweep that the run is a part of", { hidden: true }),
    runId: text("name of the run; one that is there already goes on where it stopped", { hidden: true }),
    forkOf: text("run whose newest checkpoint it begins with, under its own settings", { hidden: true }),
    events: flag("print events as lines of JSON on stdout", { hidden: true }),
  },
  examples: [
    ["train gan --dataset ring", "eight Gaussians, in under a minute"],
    ["train dcgan --dataset mnist --kimg 20 --set zDim=64", "with another latent size"],
  ],
  async run({ positionals, options }, context) {
    const settings = trainingSettings("train", options, context.config.values);
    const { prepareRun, reopenRun } = await import("../runs/prepare.js");
    const { session } = await import("../runs/session.js");
    const address = await ownAddress(context, options);
    return session(context, { events: options.events, ...address }, async () => {
      const { RunStore } = await import("@gan-arena/tracking");
      // First, for it is quick: nobody wants to hear of an unwritable home after a minute of preparation.
      const store = RunStore.open(context.home);
      const { earlierRun } = await import("../runs/earlier.js");
      const resumed = options.runId === undefined ? undefined : await earlierRun(store, options.runId);
      const { forkRun } = await import("../runs/fork.js");
      if (resumed) {
        const prepared = await reopenRun(context, resumed.spec);
        // Killed between its making and its first checkpoint, it would begin with fresh weights.
        if (options.forkOf !== undefined) await forkRun(prepared, store.get(options.forkOf), resumed);
        return { prepared, store, resumed, retell: true };
      }
      const prepared = await prepareRun(context, {
        ...settings,
        variant: positionals["variant"] ?? "",
        seed: options.seed ?? context.config.values.defaults.seed ?? 0,
        engine: engineChoice(options, options.threads, context.config.values),
        ...(options.comparison === undefined ? {} : { comparison: options.comparison }),
        ...(options.runId === undefined ? {} : { runId: options.runId }),
      });
      if (options.forkOf === undefined) return { prepared, store };
      const run = await store.create(prepared.spec);
      await forkRun(prepared, store.get(options.forkOf), run);
      return { prepared, store, resumed: run };
    });
  },
});

/** A run that another process plays as a part of something is followed by that one. */
async function ownAddress(
  context: Context,
  {
    events,
    mlflow,
    runId,
  }: { readonly events: boolean; readonly mlflow: string | undefined; readonly runId: string | undefined },
): Promise<{ readonly mlflow?: string }> {
  if (events) return {};
  const { mlflowAddress } = await import("../mlflow/address.js");
  const address = mlflowAddress(mlflow, context, runId);
  return address === undefined ? {} : { mlflow: address };
}
