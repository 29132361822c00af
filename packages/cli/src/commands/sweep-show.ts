/** @file `sweep show`, `sweep list` and `sweep check`: look at sweeps, played or not, without playing anything. */
import { GanError } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import { number, whole } from "../options.js";
import { formatDuration, formatNumber, plural } from "../terminal/format.js";
import { table } from "../terminal/table.js";

export const sweepShow = defineCommand({
  name: "sweep show",
  summary: "Show a sweep: ranking, best settings, what matters; writes its report again",
  positionals: [{ name: "sweep", describe: "name of a sweep, or the start of it" }],
  options: { top: number("trials of the ranking (default: 10)", whole(1, 10_000)) },
  async run({ positionals, options }, context) {
    const { SweepStore } = await import("@gan-arena/tracking");
    const store = SweepStore.open(context.home);
    const stored = store.get(positionals["sweep"] ?? "");
    const { storedOptions } = await import("../sweep/options.js");
    const { checkSweep } = await import("../sweep/spec.js");
    const { concludeSweep } = await import("../sweep/conclude.js");
    const { sweepDocument } = await import("../sweep/document.js");
    const { conclusionText } = await import("../sweep/text.js");
    const { source, options: kept } = storedOptions(stored);
    const plugins = kept.plugins.map((specifier) => ({ specifier, base: process.cwd() }));
    const checked = await checkSweep(context, source, plugins);
    const conclusion = await concludeSweep(context, { store, stored, checked });
    const played = stored.owner === undefined ? "" : `\nbeing played by ${stored.owner}`;
    return {
      document: sweepDocument(conclusion, context),
      text: conclusionText(conclusion, context, options.top) + played,
    };
  },
});

interface Row {
  readonly sweep: string;
  readonly complete: number;
  readonly pruned: number;
  readonly failed: number;
  readonly open: number;
  /** In words; null when nobody does. */
  readonly playedBy: string | null;
  readonly directory: string;
}

export const sweepList = defineCommand({
  name: "sweep list",
  summary: "List the sweeps in the store, newest first",
  positionals: [],
  options: {},
  async run(_input, context) {
    const { SweepStore } = await import("@gan-arena/tracking");
    const { countStates, readJournal } = await import("@gan-arena/sweep");
    const rows: Row[] = [];
    for (const { id, journalFile, owner, directory } of SweepStore.open(context.home, { readOnly: true }).list()) {
      try {
        const { state } = await readJournal(journalFile);
        rows.push({ sweep: id, ...countStates(state.trials.values()), playedBy: owner ?? null, directory });
      } catch (error) {
        if (!(error instanceof GanError)) throw error;
        context.output.note(`warning: ${id} cannot be read: ${error.message}`);
      }
    }
    const count = (name: "complete" | "pruned" | "failed" | "open") => ({
      title: name,
      align: "right" as const,
      cell: (row: Row) => String(row[name]),
    });
    const text = table(
      [
        { title: "sweep", cell: ({ sweep }: Row) => sweep },
        count("complete"),
        count("pruned"),
        count("failed"),
        count("open"),
        { title: "", cell: ({ playedBy }) => (playedBy === null ? "" : "running") },
      ],
      rows,
    );
    const empty = `there are no sweeps in ${context.home}; start one with: gan-arena sweep examples/sweeps/quick.yaml`;
    return { document: rows, text: rows.length > 0 ? text : empty };
  },
});

/** Enough to see what the numbers look like. */
const SAMPLE = 5;

export const sweepCheck = defineCommand({
  name: "sweep check",
  summary: "Check a sweep file: problems, number of trials, a sample of them, what it will cost",
  positionals: [{ name: "file", describe: "sweep file in YAML or JSON" }],
  options: {},
  async run({ positionals }, context) {
    const { checkSweep, readSweepFile, sampleTrials, warningsOf } = await import("../sweep/spec.js");
    const { playOptions } = await import("../sweep/options.js");
    const { costOf } = await import("../sweep/cost.js");
    const checked = await checkSweep(context, await readSweepFile(positionals["file"] ?? ""));
    const { spec, source, dataset } = checked;
    const options = playOptions(context, checked, {});
    const cost = await costOf(context, checked, options);
    const sample = sampleTrials(spec, SAMPLE);
    const warnings = warningsOf(checked);
    const document = {
      file: source.file,
      method: spec.sampler.name,
      pruner: spec.pruner.name,
      dataset,
      objectives: spec.objectives,
      trials: options.trials ?? null,
      points: spec.size ?? null,
      cost,
      sample,
      warnings,
    };
    const { kimg, runs, seconds } = cost;
    const time =
      seconds === null
        ? "no run of the kind is in the store yet, so the time is not known"
        : `about ${formatDuration(seconds)} with ${plural(options.workers, "worker")}, judged by ${plural(cost.judgedBy, "run")} in the store`;
    const text = [
      `${source.file}: ${spec.sampler.name} over ${dataset}${spec.pruner.name === "none" ? "" : `, pruned by ${spec.pruner.name}`}`,
      ...warnings.map((warning) => `warning: ${warning}`),
      `points:  ${spec.size === undefined ? "no end" : String(spec.size)}`,
      `trials:  ${options.trials ?? "until the time is over"}`,
      `cost:    ${runs === null ? "" : `${plural(runs, "run")}, `}${kimg === null ? "" : `${formatNumber(kimg)} kimg at most; `}${time}`,
      "",
      table(
        [
          { title: "trial", align: "right", cell: ([i]) => String(i) },
          { title: "settings", cell: ([, params]) => settingsText(params) },
        ],
        sample.map((params, i) => [i, params] as const),
      ),
    ];
    return { document, text: text.join("\n") };
  },
});

const settingsText = (params: Readonly<Record<string, unknown>>): string =>
  Object.entries(params)
    .map(([path, value]) => `${path} ${typeof value === "number" ? formatNumber(value) : String(value)}`)
    .join("  ");
