/** @file Plays the cells of a comparison, a few at a time, until all are done or the user stops it. */
import type { ComparisonSpec, ComparisonStore } from "@gan-arena/tracking";
import { afterEnd, afterMessage, type CellState } from "./cell-state.js";
import type { Board } from "./board.js";
import { startCell, type CellProcess } from "./child.js";
import { cellOptions, trainWords } from "./plan.js";

export interface PlayCells {
  readonly spec: ComparisonSpec;
  readonly store: ComparisonStore;
  /** One for each cell of the spec, in its order; those that are `finished` or `failed` are not played. */
  readonly cells: readonly CellState[];
  readonly board: Board;
  /** No cell is started after it is aborted, and those that play stop with a checkpoint. */
  readonly signal: AbortSignal;
  /** Arguments that every process gets: `--home`, `--config`, `--plugin`. */
  readonly globals: readonly string[];
  /** Told of each process, so that they can be ended at once. */
  onProcess?(process: CellProcess): void;
}

/** @returns the cells as they stand at the end */
export async function playCells(request: PlayCells): Promise<readonly CellState[]> {
  const { board, signal } = request;
  const cells = [...request.cells];
  const waiting = cells.flatMap((cell, index) => (cell.status === "waiting" ? [index] : []));
  const book = new RunBook(request.store, request.spec);

  const playOne = async (index: number): Promise<void> => {
    const change = (state: CellState) => {
      cells[index] = state;
      board.update(cells, state);
    };
    const current = () => cells[index];
    const { runId } = current();
    const words = runId === undefined ? trainWords(request.spec, current()) : ["resume", runId];
    const process = startCell([...words, ...request.globals], {
      onMessage(message) {
        if (message.kind === "run") book.write(index, message.runId);
        change(afterMessage(current(), message));
      },
    });
    request.onProcess?.(process);
    const stop = () => process.stop();
    signal.addEventListener("abort", stop, { once: true });
    const end = await process.done;
    signal.removeEventListener("abort", stop);
    change(afterEnd(current(), end, signal.aborted));
  };

  const worker = async (): Promise<void> => {
    for (let index = waiting.shift(); index !== undefined && !signal.aborted; index = waiting.shift())
      await playOne(index);
  };
  const { jobs } = cellOptions(request.spec);
  await Promise.all(Array.from({ length: Math.min(jobs, waiting.length) }, worker));
  await book.written();
  board.close(cells);
  return cells;
}

/** Writes down which run belongs to which cell, one write after the other. */
class RunBook {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: ComparisonStore,
    private spec: ComparisonSpec,
  ) {}

  write(index: number, runId: string): void {
    this.spec = {
      ...this.spec,
      cells: this.spec.cells.map((cell, i) => (i === index ? { ...cell, runId } : cell)),
    };
    const { spec } = this;
    // A failed write is reported at the end; the runs name their comparison too, so nothing is lost by it.
    this.last = this.last.then(() => this.store.save(spec));
    this.last.catch(() => undefined);
  }

  async written(): Promise<void> {
    await this.last;
  }
}
