/** @file `sample`: draws new samples from a trained run, as one picture. */
import { defineCommand } from "../command.js";
import { number, text, whole } from "../options.js";
import { outputFile, writeOutput } from "../output-file.js";

export const sample = defineCommand({
  name: "sample",
  summary: "Draw samples from a trained run into a PNG",
  positionals: [{ name: "run", describe: "name of a run, or the start of it" }],
  options: {
    n: number("number of samples (default: 64)", whole(1, 65_536)),
    out: text("file to write (default: <run>-samples.png here)", { alias: "o" }),
    seed: number("seed of the draws (default: the run's)", whole(0)),
    view: text("what to draw, when the variant has more than one view (default: its first)"),
  },
  async run({ positionals, options }, context) {
    const { RunStore } = await import("@gan-arena/tracking");
    const run = RunStore.open(context.home, { readOnly: true }).get(positionals["run"] ?? "");
    const file = outputFile(options.out ?? `${run.id}-samples.png`);
    const { reopenRun } = await import("../runs/prepare.js");
    const { restoreTrained, withArena } = await import("../runs/play.js");
    const { pictureOf } = await import("@gan-arena/core");
    const { encodePicture } = await import("../pictures/png.js");
    const prepared = await reopenRun(context, run.spec);
    const { n = 64, seed, view } = options;
    const picture = await withArena(prepared, async (arena) => {
      await restoreTrained(arena, run, (note) => context.output.note(note));
      const samples = await arena.render({
        n,
        ...(view === undefined ? {} : { view }),
        ...(seed === undefined ? {} : { seed }),
      });
      const { columns } = arena.game.views.map((plan) => plan.view).find(({ name }) => name === view) ?? {};
      const { points } = prepared.data.train.spec;
      const real = points ? prepared.data.test.batch({ seed: 0, position: 0 }, n)["x"] : undefined;
      return pictureOf(samples, real, columns);
    });
    await writeOutput(file, encodePicture(picture));
    return { document: { runId: run.id, n, file }, text: `${n} samples of ${run.id}: ${file}` };
  },
});
