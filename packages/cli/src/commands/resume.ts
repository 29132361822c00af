/** @file `resume`: goes on with a run from its newest checkpoint; it ends with the bits it would have had. */
import { defineCommand } from "../command.js";
import { MLFLOW } from "../mlflow/option.js";
import { flag } from "../options.js";

export const resume = defineCommand({
  name: "resume",
  summary: "Go on with a run that was interrupted",
  positionals: [{ name: "run", describe: "name of a run, or the start of it" }],
  options: {
    mlflow: MLFLOW,
    events: flag("print events as lines of JSON on stdout", { hidden: true }),
  },
  async run({ positionals, options }, context) {
    const { RunStore } = await import("@gan-arena/tracking");
    const store = RunStore.open(context.home);
    const run = store.get(positionals["run"] ?? "");
    const { reopenRun } = await import("../runs/prepare.js");
    const { session } = await import("../runs/session.js");
    const { mlflowAddress } = await import("../mlflow/address.js");
    const address = options.events ? undefined : mlflowAddress(options.mlflow, context, run.spec.comparison ?? run.id);
    const followed = address === undefined ? {} : { mlflow: address };
    return session(context, { events: options.events, ...followed }, async () => ({
      prepared: await reopenRun(context, run.spec),
      store,
      resumed: run,
    }));
  },
});
