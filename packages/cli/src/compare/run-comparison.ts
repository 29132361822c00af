/** @file One comparison from the first process to the ranking; also one that was interrupted, or is only shown again. */
import { join } from "node:path";
import type { ComparisonSpec, ComparisonStore, RunStore } from "@gan-arena/tracking";
import type { Outcome } from "../command.js";
import type { Context } from "../context.js";
import { startFollowing, trackingText, withTracking } from "../mlflow/outcome.js";
import { noteCrowd } from "../runs/crowd.js";
import { EXIT_CODES, listenForInterrupts } from "../runs/signals.js";
import { formatDuration, formatKimg, formatNumber, plural } from "../terminal/format.js";
import { table } from "../terminal/table.js";
import { createBoard } from "./board.js";
import { paintStatus, type CellState } from "./cell-state.js";
import type { CellProcess } from "./child.js";
import { conclude } from "./conclude.js";
import { cellDocument, documentOf, type Conclusion } from "./document.js";
import { cellOptions } from "./plan.js";
import { playCells } from "./play-cells.js";
import { isFinal, readCells, scoresOf, type CellResult } from "./results.js";
import { notesOf, rankingTable } from "./ranking-text.js";

interface Stores {
  readonly runs: RunStore;
  readonly comparisons: ComparisonStore;
  /** Address of the MLflow server that follows. */
  readonly mlflow?: string | undefined;
}

/** Plays the cells that are missing, then concludes. */
export async function runComparison(context: Context, spec: ComparisonSpec, stores: Stores): Promise<Outcome> {
  const { output } = context;
  const before = await readCells(spec, stores.runs);
  const { jobs, threads } = cellOptions(spec);
  output.note(
    `comparison ${spec.comparisonId}: ${spec.variants.join(", ")} on ${spec.dataset}, ${formatNumber(spec.kimg)} kimg, ` +
      `seeds ${spec.seeds.join(", ")} (${jobs} at a time, ${plural(threads, "thread")} each)`,
  );
  noteCrowd({ runs: jobs, threads }, context);
  const processes = new Set<CellProcess>();
  const board = createBoard(output);
  const interrupts = listenForInterrupts({
    onFirst: () => board.line("stopping the runs with a checkpoint each; press Ctrl-C again to stop at once"),
    onSecond: () => processes.forEach((process) => process.kill()),
  });
  const follower = await startFollowing(stores.mlflow, context, {
    id: spec.comparisonId,
    note: (text) => board.line(text),
  });
  let played: readonly CellState[];
  try {
    played = await playCells({
      spec,
      store: stores.comparisons,
      cells: before.map(stateOf),
      board,
      signal: interrupts.signal,
      globals: globalWords(context, spec),
      onProcess: (process) => {
        processes.add(process);
        void process.done.then(() => processes.delete(process));
      },
    });
  } finally {
    interrupts.dispose();
  }
  const conclusion = await conclude(context, spec, { ...stores, amend: (cells) => withFailures(cells, played) });
  await follower?.finish();
  const tracking = follower?.outcome;
  const interrupted = interrupts.received !== undefined;
  const exitCode = interrupts.received ? EXIT_CODES[interrupts.received] : exitCodeOf(conclusion.cells);
  const text = [
    conclusionText(conclusion, { context, interrupted }),
    ...(tracking ? [trackingText(tracking)] : []),
  ].join("\n");
  if (context.json) output.note(text);
  const document = documentOf(conclusion);
  return {
    document: tracking ? { ...document, tracking } : document,
    text,
    exitCode: withTracking(exitCode, tracking),
  };
}

/** 0 when every cell finished, 1 when the fault of one is ours, else 2. */
export const exitCodeOf = (cells: readonly CellResult[]): number => {
  const missing = cells.filter(({ status }) => status !== "finished");
  if (missing.length === 0) return 0;
  return missing.some(({ exitCode }) => exitCode === 1) ? 1 : 2;
};

function stateOf(cell: CellResult): CellState {
  const { variant, seed, run, status, message, exitCode } = cell;
  return {
    variant,
    seed,
    status: isFinal(cell) ? status : "waiting",
    metrics: scoresOf(cell),
    ...(run ? { runId: run.id } : {}),
    ...(isFinal(cell) && message !== undefined ? { message } : {}),
    ...(isFinal(cell) && exitCode !== undefined ? { exitCode } : {}),
  };
}

/** A cell that failed before it had a run, or whose process was killed, is known only to those who watched it. */
const withFailures = (cells: readonly CellResult[], played: readonly CellState[]): CellResult[] =>
  cells.map((cell, i) => {
    const state = played[i];
    if (state?.status !== "failed" || cell.status === "finished") return cell;
    return {
      ...cell,
      status: "failed",
      ...(state.message === undefined ? {} : { message: state.message }),
      exitCode: state.exitCode ?? cell.exitCode ?? 1,
    };
  });

/** The processes see the same store and the same plugins, wherever the comparison is resumed from. */
function globalWords(context: Context, spec: ComparisonSpec): string[] {
  const { file } = context.config;
  return [
    "--home",
    context.home,
    ...(file === undefined ? [] : ["--config", file]),
    ...cellOptions(spec).plugins.flatMap((plugin) => ["--plugin", plugin]),
  ];
}

interface Telling {
  readonly context: Context;
  readonly interrupted: boolean;
}

export function conclusionText(conclusion: Conclusion, { context, interrupted }: Telling): string {
  const { spec, cells, rankings, verdicts, report, picture } = conclusion;
  const unfinished = cells.some((cell) => !isFinal(cell));
  const sections = [
    cellTable(cells),
    ...rankings.map(rankingTable),
    [...verdicts, ...notesOf(rankings).map((note) => `note: ${note}`)].join("\n"),
    ...(interrupted || unfinished
      ? [`go on with: ${context.commandLine(`compare --resume ${spec.comparisonId}`)}`]
      : []),
    [
      ...(report === undefined ? [] : [`report:  ${report}`]),
      ...(picture === undefined ? [] : [`samples: ${picture}`]),
      `runs:    ${join(context.home, "runs")}`,
    ].join("\n"),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

/** One row a cell: the three measures of the budget beside every score. */
function cellTable(cells: readonly CellResult[]): string {
  const rows = cells.map((cell) => ({ ...cellDocument(cell), result: cell }));
  const names = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  const body = table(
    [
      { title: "variant", cell: ({ variant }) => variant },
      { title: "seed", align: "right", cell: ({ seed }) => String(seed) },
      { title: "status", cell: ({ status }) => paintStatus(status, false) },
      { title: "kimg", align: "right", cell: ({ kimg }) => formatKimg(kimg) },
      { title: "gradients", align: "right", cell: ({ gradientEvaluations }) => String(gradientEvaluations) },
      { title: "time", align: "right", cell: ({ seconds }) => formatDuration(seconds) },
      ...names.map((name) => ({
        title: name,
        align: "right" as const,
        cell: ({ metrics }: (typeof rows)[number]) => (metrics[name] === undefined ? "-" : formatNumber(metrics[name])),
      })),
    ],
    rows,
  );
  const failures = rows.flatMap(({ variant, seed, message }) =>
    message === undefined ? [] : [`${variant} seed ${seed}: ${message}`],
  );
  return [body, ...failures].join("\n");
}
