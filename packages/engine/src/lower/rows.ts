/**
 * @file Rows of numbers copied one by one, by ONNX Runtime's Gather: it has all threads, where Transpose, Slice and Concat have
 * one. For images of some megabytes it takes half of their time.
 */
import { int, type Lowering } from "./lowering.js";

/** Rows up to which an index is stored: 16 MB. */
export const MOST_ROWS = 1 << 22;

export interface PickedRows {
  /** Name of what is copied from, `[rows, width]` whatever its own extents. */
  readonly source: string;
  readonly rows: number;
  readonly width: number;
  /** Says the same for equal indices and something else for others: they are made and stored once. */
  readonly rule: string;
  /** For each row of the result the row of the source. */
  readonly index: () => Int32Array;
}

/** @returns the name of `[index.length, width]` */
export function pickRows(context: Lowering, { source, rows, width, rule, index }: PickedRows): string {
  const indices = context.constant(rule, () => {
    const data = index();
    return { dtype: "int32", shape: [data.length], data };
  });
  const inputs = [context.reshaped(source, [rows, width]), indices];
  return context.emit({ op: "Gather", inputs, attributes: { axis: int(0) } });
}
