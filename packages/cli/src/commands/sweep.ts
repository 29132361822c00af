/** @file `sweep <file>` and `sweep resume`: plays a sweep, or what is missing of it. */
import { basename, extname } from "node:path";
import type { StoredSweep, SweepStore } from "@gan-arena/tracking";
import { defineCommand, type Outcome } from "../command.js";
import type { Context } from "../context.js";
import { flag, number, text, whole } from "../options.js";
import { MLFLOW } from "../mlflow/option.js";
import { startFollowing, trackingText, withTracking } from "../mlflow/outcome.js";
import type { PlayOptions } from "../sweep/options.js";
import type { Played } from "../sweep/play.js";
import type { CheckedSweep } from "../sweep/spec.js";

const PLAY = {
  executor: text("where trials run: local, ray, … (default: the file's, else local)", { alias: "x" }),
  workers: number("trials at the same time (default: the file's, else one for each core)", whole(1, 100_000), {
    alias: "w",
  }),
  mlflow: MLFLOW,
} as const;

const RETRIES = number("how often a trial is played again after a crash (default: 2)", whole(0, 100));

export const sweepRun = defineCommand({
  name: "sweep run",
  groupDefault: true,
  summary: "Search hyperparameters over variants, as a sweep file says",
  positionals: [{ name: "file", describe: "sweep file in YAML or JSON" }],
  options: {
    ...PLAY,
    threads: number("threads of each run (default: the cores shared out among the workers)", whole(1, 1024)),
    trials: number("number of trials (default: the file's run_cap)", whole(1, 10_000_000)),
    retries: RETRIES,
  },
  examples: [
    ["sweep examples/sweeps/quick.yaml", "which variant, with which settings?"],
    ["sweep examples/sweeps/quick.yaml --workers 2 --threads 1", "two trials at a time"],
  ],
  async run({ positionals, options }, context) {
    const { SweepStore } = await import("@gan-arena/tracking");
    // First, for it is quick: nobody wants to hear of an unwritable home after a minute of preparation.
    const store = SweepStore.open(context.home);
    const { checkSweep, readSweepFile } = await import("../sweep/spec.js");
    const { playOptions, recordOf } = await import("../sweep/options.js");
    const source = await readSweepFile(positionals["file"] ?? "");
    const checked = await checkSweep(context, source);
    const { mlflowAddress } = await import("../mlflow/address.js");
    const mlflow = mlflowAddress(options.mlflow, context);
    const play = playOptions(context, checked, options);
    const { newSweepId } = await import("@gan-arena/tracking");
    const name = checked.spec.name ?? basename(source.file, extname(source.file));
    const stored = await store.create(recordOf(newSweepId(name), source, play));
    return playAndConclude(context, { store, stored, checked, options: play, mlflow });
  },
});

export const sweepResume = defineCommand({
  name: "sweep resume",
  summary: "Play what is missing of a sweep, after any end",
  positionals: [{ name: "sweep", describe: "name of a sweep, or the start of it" }],
  options: {
    ...PLAY,
    trials: number("add so many trials to those that the sweep has", whole(1, 10_000_000)),
    retryFailed: flag("play failed trials again, from their start"),
    retries: RETRIES,
  },
  examples: [
    ["sweep resume 20261123-140501-sweep-quick-x7k2", "go on where it stopped"],
    ["sweep resume 20261123 --trials 20", "twenty more trials"],
  ],
  async run({ positionals, options }, context) {
    const { SweepStore } = await import("@gan-arena/tracking");
    const store = SweepStore.open(context.home);
    const stored = store.get(positionals["sweep"] ?? "");
    const { storedOptions } = await import("../sweep/options.js");
    const { source, options: kept } = storedOptions(stored);
    const { checkSweep } = await import("../sweep/spec.js");
    const plugins = kept.plugins.map((specifier) => ({ specifier, base: process.cwd() }));
    const checked = await checkSweep(context, source, plugins);
    const { executor, workers, retries } = options;
    const play: PlayOptions = {
      ...kept,
      ...(workers === undefined ? {} : { workers }),
      ...(retries === undefined ? {} : { retries }),
      ...(executor === undefined ? {} : otherExecutor(executor, checked)),
    };
    const { mlflowAddress } = await import("../mlflow/address.js");
    return playAndConclude(context, {
      mlflow: mlflowAddress(options.mlflow, context, stored.id),
      store,
      stored,
      checked,
      options: play,
      retryFailed: options.retryFailed,
      ...(options.trials === undefined ? {} : { addTrials: options.trials }),
    });
  },
});

/** The file's settings are those of its own executor. */
const otherExecutor = (executor: string, { spec }: CheckedSweep): Pick<PlayOptions, "executor" | "settings"> => ({
  executor,
  settings: spec.executor.name === executor ? spec.executor.settings : {},
});

interface Play {
  readonly store: SweepStore;
  readonly stored: StoredSweep;
  readonly checked: CheckedSweep;
  readonly options: PlayOptions;
  readonly retryFailed?: boolean;
  readonly addTrials?: number;
  /** Address of the MLflow server that follows. */
  readonly mlflow: string | undefined;
}

async function playAndConclude(context: Context, play: Play): Promise<Outcome> {
  const { playSweep } = await import("../sweep/play.js");
  const note = (text: string) => context.output.note(text);
  const follower = await startFollowing(play.mlflow, context, { id: play.stored.id, note });
  const played: Played = await playSweep({ context, ...play }).catch(async (error: unknown) => {
    await follower?.finish();
    throw error;
  });
  const { concludeSweep } = await import("../sweep/conclude.js");
  const { sweepDocument } = await import("../sweep/document.js");
  const { conclusionText } = await import("../sweep/text.js");
  const { EXIT_CODES } = await import("../runs/signals.js");
  const conclusion = await concludeSweep(context, { ...play, stop: played.stop });
  await follower?.finish();
  const tracking = follower?.outcome;
  const summary = [conclusionText(conclusion, context), ...(tracking ? [trackingText(tracking)] : [])].join("\n");
  const document = sweepDocument(conclusion, context);
  if (context.json) context.output.note(summary);
  return {
    document: tracking ? { ...document, tracking } : document,
    text: summary,
    exitCode: withTracking(played.received ? EXIT_CODES[played.received] : 0, tracking),
  };
}
