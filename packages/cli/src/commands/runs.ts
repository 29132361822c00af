/** @file `runs list|show|rm`: what is in the store. Reads only the ends of the event files, and loads nothing heavy. */
import { fromLogged } from "@gan-arena/core/base";
import type { RunListing, RunSummary } from "@gan-arena/tracking";
import { defineCommand } from "../command.js";
import { flag, number, text, whole } from "../options.js";
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
  summary: "Remove runs with their checkpoints and pictures, or comparisons, for good",
  positionals: [
    { name: "runs", describe: "names of runs, or the starts of them; whole names of comparisons", many: true },
  ],
  options: { withRuns: flag("of comparisons, remove their runs too; without it they stay") },
  examples: [["runs rm two-gans --with-runs", "a comparison, and all that it trained"]],
  async run({ rest, options }, context) {
    const { ComparisonStore } = await import("@gan-arena/tracking");
    const runs = await openStore(context.home, false);
    const comparisons = ComparisonStore.open(context.home);
    // All names are looked up before anything is removed, so that a typing error removes nothing.
    const present = new Set(runs.list().map(({ run }) => run.id));
    const found = rest.flatMap((word): Removed[] => {
      const comparison = comparisons.list().find(({ id }) => id === word);
      if (!comparison) return [{ kind: "run", id: runs.get(word).id }];
      const cells = options.withRuns ? comparison.spec.cells.flatMap(({ runId }) => runId ?? []) : [];
      // The comparison goes last: while a run of it is left, the command can be given again.
      const own = cells.filter((id) => present.has(id)).map((id): Removed => ({ kind: "run", id }));
      return [...own, { kind: "comparison", id: comparison.id }];
    });
    const distinct = [...new Map(found.map((item) => [`${item.kind} ${item.id}`, item])).values()];
    for (const { kind, id } of distinct) if (kind === "run") runs.checkFree(id);
    for (const { kind, id } of distinct) await (kind === "run" ? runs : comparisons).remove(id);
    return {
      document: { removed: distinct.map(({ id }) => id) },
      text: distinct.map(({ id }) => `removed ${id}`).join("\n"),
    };
  },
});

interface Removed {
  readonly kind: "run" | "comparison";
  readonly id: string;
}
