/** @file Tables of text: columns as wide as their content, numbers to the right. */
import { widthOf } from "./style.js";

export interface Column<R> {
  readonly title: string;
  readonly align?: "left" | "right";
  cell(row: R): string;
}

/** Lines of a table; no line ends in blanks. An empty table has its header only. */
export function tableLines<R>(columns: readonly Column<R>[], rows: readonly R[]): string[] {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => column.cell(row))),
  ];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => widthOf(line[i] ?? ""))));
  return cells.map((line) =>
    line
      .map((cell, i) => {
        const blanks = " ".repeat((widths[i] ?? 0) - widthOf(cell));
        return columns[i]?.align === "right" ? blanks + cell : cell + blanks;
      })
      .join("  ")
      .trimEnd(),
  );
}

export const table = <R>(columns: readonly Column<R>[], rows: readonly R[]): string =>
  tableLines(columns, rows).join("\n");
