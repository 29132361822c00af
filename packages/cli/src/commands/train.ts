/** @file `train`: one variant, one data set, one seed. */
import { defineCommand } from "../command.js";
import { flag, number, text, whole } from "../options.js";
import { engineChoice, THREADS, TRAINING_OPTIONS, trainingSettings } from "../runs/training-options.js";

export const train = defineCommand({
  name: "train",
  summary: "Train one variant on one data set",
  positionals: [{ name: "variant", describe: "name of a variant, see: gan-arena variants" }],
  options: {
    ...TRAINING_OPTIONS,
    seed: number("seed of everything that is random (default: 0)", whole(0)),
    threads: THREADS,
    comparison: text("comparison that the run is a cell of", { hidden: true }),
    events: flag("print events as lines of JSON on stdout", { hidden: true }),
  },
  examples: [
    ["train gan --dataset ring", "eight Gaussians, in under a minute"],
    ["train dcgan --dataset mnist --kimg 20 --set zDim=64", "with another latent size"],
  ],
  async run({ positionals, options }, context) {
    const settings = trainingSettings("train", options, context.config.values);
    const { prepareRun } = await import("../runs/prepare.js");
    const { session } = await import("../runs/session.js");
    return session(context, options.events, async () => {
      const { RunStore } = await import("@gan-arena/tracking");
      // First, for it is quick: nobody wants to hear of an unwritable home after a minute of preparation.
      const store = RunStore.open(context.home);
      const prepared = await prepareRun(context, {
        ...settings,
        variant: positionals["variant"] ?? "",
        seed: options.seed ?? context.config.values.defaults.seed ?? 0,
        engine: engineChoice(options.engine, options.threads, context.config.values),
        ...(options.comparison === undefined ? {} : { comparison: options.comparison }),
      });
      return { prepared, store };
    });
  },
});
