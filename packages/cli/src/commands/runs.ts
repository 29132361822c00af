/** @file `runs list|show|rm`: what is in the store. Reads only the ends of the event files, and loads nothing heavy. */
import { fromLogged } from "@gan-arena/core/base";
import type { RunListing, RunSummary } from "@gan-arena/tracking";
import { defineCommand } from "../command.js";
import { number, text, whole } from "../options.js";
import { formatDuration, formatKimg, formatNumber, plural } from "../terminal/format.js";
import { table } from "../terminal/table.js";

const openStore = async (home: string, readOnly: boolean) =>
  (await import("@gan-arena/tracking")).RunStore.open(home, { readOnly });

const scores = (summary: RunSummary): Record<string, number> =>
  Object.fromEntries(Object.values(summary.metrics).map((event) => [event.name, fromLogged(event.value)]));

const documentOf = ({ run, summary }: RunListing) => ({
  runId: run.id,
  variant: run.spec.variant,
  dataset: run.spec.dataset,
  seed: run.spec.seed,
  status: summary.status,
  ...(summary.message === undefined ? {} : { message: summary.message }),
  kimg: summary.kimg,
  totalKimg: run.spec.options.kimg,
  gradientEvaluations: summary.gradientEvaluations,
  seconds: summary.seconds,
  metrics: scores(summary),
  createdAt: run.spec.createdAt,
  ...(run.spec.comparison === undefined ? {} : { comparison: run.spec.comparison }),
  directory: run.directory,
});

export const runsList = defineCommand({
  name: "runs list",
  groupDefault: true,
  summary: "List the runs in the store, newest first",
  positionals: [],
  options: {
    variant: text("only runs of this variant"),
    dataset: text("only runs on this data set"),
    limit: number("at most so many", whole(1)),
  },
  async run({ options }, context) {
    const store = await openStore(context.home, true);
    const wanted = store
      .list()
      .filter(({ run }) => options.variant === undefined || run.spec.variant === options.variant)
      .filter(({ run }) => options.dataset === undefined || run.spec.dataset === options.dataset)
      .slice(0, options.limit);
    for (const { id, problem } of store.listDamaged()) context.output.note(`warning: ${id} cannot be read: ${problem}`);
    const text = table(
      [
        { title: "run", cell: ({ run }) => run.id },
        { title: "status", cell: ({ summary }) => summary.status ?? "" },
        {
          title: "kimg",
          align: "right",
          cell: ({ run, summary }) => `${formatKimg(summary.kimg)}/${formatNumber(run.spec.options.kimg)}`,
        },
        { title: "time", align: "right", cell: ({ summary }) => formatDuration(summary.seconds) },
        {
          title: "metrics",
          cell: ({ summary }) =>
            Object.entries(scores(summary))
              .map(([name, value]) => `${name} ${formatNumber(value)}`)
              .join("  "),
        },
      ],
      wanted,
    );
    const empty = `there are no runs in ${context.home}; start one with: gan-arena train gan --dataset ring`;
    return { document: wanted.map(documentOf), text: wanted.length > 0 ? text : empty };
  },
});

export const runsShow = defineCommand({
  name: "runs show",
  summary: "Show one run: its settings, where it stands, its files",
  positionals: [{ name: "run", describe: "name of a run, or the start of it" }],
  options: {},
  async run({ positionals }, context) {
    const run = (await openStore(context.home, true)).get(positionals["run"] ?? "");
    const summary = await run.summary();
    const { spec } = run;
    const checkpoints = await run.checkpoints.list();
    const document = {
      ...documentOf({ run, summary }),
      spec,
      images: summary.images.map(({ file, kimg }) => ({ file, kimg })),
      checkpoints: checkpoints.map(({ file, round }) => ({ file, round })),
    };
    const text = [
      `${run.id}: ${summary.status ?? "unknown"}${summary.message === undefined ? "" : ` (${summary.message})`}`,
      `  ${spec.variant} on ${spec.dataset}, seed ${spec.seed}, engine ${spec.engine.engine} with ${plural(spec.engine.threads, "thread")}`,
      `  ${formatKimg(summary.kimg)} of ${formatNumber(spec.options.kimg)} kimg, ${summary.gradientEvaluations} gradient evaluations, ${formatDuration(summary.seconds)} of training`,
      ...Object.entries(scores(summary)).map(([name, value]) => `  ${name}  ${formatNumber(value)}`),
      `settings: ${JSON.stringify(spec.config)}`,
      `data:     ${JSON.stringify(spec.datasetConfig)}`,
      `folder:   ${run.directory}`,
      `pictures: ${summary.images.length === 0 ? "none yet" : `${summary.images.length}, the newest ${summary.images.at(-1)?.file}`}`,
      `checkpoints: ${checkpoints.length === 0 ? "none yet" : checkpoints.map(({ file }) => file).join(", ")}`,
    ];
    return { document, text: text.join("\n") };
  },
});

export const runsRemove = defineCommand({
  name: "runs rm",
  summary: "Remove runs, with their checkpoints and pictures, for good",
  positionals: [{ name: "runs", describe: "names of runs, or the starts of them", many: true }],
  options: {},
  async run({ rest }, context) {
    const store = await openStore(context.home, false);
    // All names are looked up before anything is removed, so that a typing error removes nothing.
    const ids = [...new Set(rest.map((word) => store.get(word).id))];
    for (const id of ids) await store.remove(id);
    return { document: { removed: ids }, text: ids.map((id) => `removed ${id}`).join("\n") };
  },
});
