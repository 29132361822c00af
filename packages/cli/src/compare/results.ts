/** @file What a comparison has come to, read from the store: the runs are the truth, not what was on the screen. */
import { fromLogged, type RunEvent, type RunStatus } from "@gan-arena/core/base";
import type { Ranking } from "@gan-arena/metrics";
import type { ComparisonSpec, MetricEvent, Run, RunStore, RunSummary } from "@gan-arena/tracking";

/** A cell with its run, as far as there is one. */
export interface CellResult {
  readonly variant: string;
  readonly seed: number;
  readonly status: RunStatus | "waiting";
  readonly run?: Run;
  readonly summary?: RunSummary;
  /** All events, replays dropped. */
  readonly events: readonly RunEvent[];
  /** Why it failed, in one sentence. */
  readonly message?: string;
  /** 1 when the failure is ours, 2 when the user can mend it. */
  readonly exitCode?: number;
}

/**
 * Finds the run of every cell. Runs name their comparison, so that one is found even when the process was killed before
 * it could write the name down.
 */
export async function readCells(spec: ComparisonSpec, store: RunStore): Promise<CellResult[]> {
  const own = store.list().filter(({ run }) => run.spec.comparison === spec.comparisonId);
  const results: CellResult[] = [];
  for (const cell of spec.cells) {
    // Newest first: should a cell have been started twice, the last one counts.
    const listing =
      own.find(({ run }) => run.id === cell.runId) ??
      own.find(({ run }) => run.spec.variant === cell.variant && run.spec.seed === cell.seed);
    results.push(listing ? await readCell(listing.run) : { ...cell, status: "waiting", events: [] });
  }
  return results;
}

async function readCell(run: Run): Promise<CellResult> {
  const [events, summary] = [await run.history(), await run.summary()];
  const status = summary.status ?? "interrupted";
  const last = events.findLast((event) => event.kind === "status");
  const failed = status === "failed" && last?.kind === "status" ? last : undefined;
  return {
    variant: run.spec.variant,
    seed: run.spec.seed,
    status,
    run,
    summary,
    events,
    ...(status === "finished" || summary.message === undefined ? {} : { message: summary.message }),
    ...(failed ? { exitCode: failed.code === "INTERNAL" ? 1 : 2 } : {}),
  };
}

/** What resume would only repeat: a term that was not finite will be so again, from the same seed. */
export const isFinal = ({ status, events }: CellResult): boolean => {
  if (status === "finished") return true;
  const last = events.findLast((event) => event.kind === "status");
  return status === "failed" && last?.kind === "status" && last.code === "NOT_FINITE";
};

const finalMetrics = ({ summary, status }: CellResult): Record<string, MetricEvent> =>
  status === "finished" ? { ...summary?.metrics } : {};

/** The latest values by name, whether the cell is finished or not. */
export const scoresOf = ({ summary }: CellResult): Record<string, number> =>
  Object.fromEntries(Object.values(summary?.metrics ?? {}).map((event) => [event.name, fromLogged(event.value)]));

/**
 * One ranking for each metric that at least one finished cell has. A cell that failed counts against its variant; one
 * that was interrupted is left out, for its score would be that of another budget.
 */
export async function rankCells(spec: ComparisonSpec, cells: readonly CellResult[]): Promise<Ranking[]> {
  const { rank } = await import("@gan-arena/metrics");
  return spec.metrics.flatMap((name) => {
    const sample = cells.map((cell) => finalMetrics(cell)[name]).find((event) => event !== undefined);
    if (!sample) return [];
    const rows = spec.variants.map((variant) => {
      const own = cells.filter(
        (cell) => cell.variant === variant && (cell.status === "finished" || cell.status === "failed"),
      );
      const protocol = own.map((cell) => finalMetrics(cell)[name]?.protocol).find((text) => text !== undefined);
      const scores = own.map((cell) => ({ seed: cell.seed, value: valueOf(finalMetrics(cell)[name]) }));
      return { variant, protocol: protocol ?? sample.protocol, scores };
    });
    return [rank(rows, sample)];
  });
}

const valueOf = (event: MetricEvent | undefined): number => (event ? fromLogged(event.value) : Number.NaN);
