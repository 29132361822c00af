/** @file The cells of a comparison on the screen: a live table on a terminal, plain lines elsewhere. */
import { bar } from "../terminal/bar.js";
import { formatDuration, formatKimg, formatNumber } from "../terminal/format.js";
import { LiveBlock } from "../terminal/live.js";
import type { Output } from "../terminal/output.js";
import { painter } from "../terminal/style.js";
import { tableLines, type Column } from "../terminal/table.js";
import { paintStatus, type CellState } from "./cell-state.js";

export interface Board {
  /** The cells changed. @param cell the one that did */
  update(cells: readonly CellState[], cell: CellState): void;
  line(text: string): void;
  close(cells: readonly CellState[]): void;
}

const LIVE_EVERY_MS = 200;
const PLAIN_EVERY_MS = 10_000;

/** @param now milliseconds, monotonic */
export const createBoard = (output: Output, now: () => number = () => performance.now()): Board =>
  output.stderr.isTTY ? new LiveBoard(output, now) : new PlainBoard(output, now);

class LiveBoard implements Board {
  private readonly block: LiveBlock;
  private drawnAt = -Infinity;
  private lines: readonly string[] = [];

  constructor(
    private readonly output: Output,
    private readonly now: () => number,
  ) {
    this.block = new LiveBlock(output.stderr);
  }

  update(cells: readonly CellState[]): void {
    if (this.now() - this.drawnAt < LIVE_EVERY_MS) return;
    this.draw(cells);
  }

  line(text: string): void {
    this.block.clear();
    this.output.note(text);
    this.block.draw(this.lines);
  }

  close(cells: readonly CellState[]): void {
    this.draw(cells);
  }

  private draw(cells: readonly CellState[]): void {
    this.drawnAt = this.now();
    this.lines = boardLines(cells, this.output.colour);
    this.block.draw(this.lines);
  }
}

class PlainBoard implements Board {
  private readonly writtenAt = new Map<string, number>();
  private readonly statuses = new Map<string, string>();

  constructor(
    private readonly output: Output,
    private readonly now: () => number,
  ) {}

  update(_cells: readonly CellState[], cell: CellState): void {
    const name = nameOf(cell);
    const changed = this.statuses.get(name) !== cell.status;
    if (!changed && this.now() - (this.writtenAt.get(name) ?? -Infinity) < PLAIN_EVERY_MS) return;
    this.statuses.set(name, cell.status);
    this.writtenAt.set(name, this.now());
    this.output.note(plainLine(cell));
  }

  line(text: string): void {
    this.output.note(text);
  }

  close(): void {
    // Every line is whole already.
  }
}

const nameOf = ({ variant, seed }: CellState): string => `${variant} seed ${seed}`;

function plainLine(cell: CellState): string {
  const { status, progress, message, runId } = cell;
  const detail =
    message ??
    (status === "running" && progress
      ? `${kimgOf(cell)}  ${speedOf(cell)} kimg/s  ETA ${etaOf(cell)}  ${latestOf(cell)}`
      : [status === "running" ? runId : undefined, latestOf(cell)].filter(Boolean).join("  "));
  return `${nameOf(cell)}: ${status}${detail.trim() ? `  ${detail.trim()}` : ""}`;
}

/** One row a cell. A failure's sentence stands in the last column. */
export function boardLines(cells: readonly CellState[], colour: boolean): string[] {
  const paint = painter(colour);
  const columns: Column<CellState>[] = [
    { title: "variant", cell: ({ variant }) => variant },
    { title: "seed", align: "right", cell: ({ seed }) => String(seed) },
    { title: "status", cell: ({ status }) => paintStatus(status, colour) },
    { title: "progress", cell: (cell) => (cell.progress ? paint("cyan", bar(shareOf(cell), 16)) : "") },
    { title: "kimg", align: "right", cell: kimgOf },
    { title: "kimg/s", align: "right", cell: speedOf },
    { title: "ETA", align: "right", cell: etaOf },
    { title: "latest", cell: (cell) => cell.message ?? latestOf(cell) },
  ];
  return tableLines(columns, cells);
}

function shareOf({ progress, status }: CellState): number {
  if (status === "finished") return 1;
  return progress && progress.totalKimg > 0 ? progress.kimg / progress.totalKimg : 0;
}

const kimgOf = ({ progress }: CellState): string =>
  progress ? `${formatKimg(progress.kimg)}/${formatNumber(progress.totalKimg)}` : "";

const speedOf = ({ progress }: CellState): string => (progress ? formatNumber(progress.kimgPerSecond) : "");

function etaOf({ progress, status }: CellState): string {
  if (!progress || status !== "running" || !(progress.kimgPerSecond > 0)) return "";
  return formatDuration(Math.max(0, progress.totalKimg - progress.kimg) / progress.kimgPerSecond);
}

/** The latest value of each metric, then the losses; sums of terms that are shown anyway are left out. */
function latestOf({ progress, metrics }: CellState): string {
  const losses = Object.entries(progress?.terms ?? {}).filter(
    ([name]) => !name.startsWith("score/") && !name.endsWith("/total"),
  );
  return [...Object.entries(metrics), ...losses].map(([name, value]) => `${name} ${formatNumber(value)}`).join("  ");
}
