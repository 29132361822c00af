/** @file Choosing elements and writing rows. ONNX counts in int64, the graph in int32. */
import type { Value } from "../graph/ir.js";
import { PLAIN } from "./layout.js";
import { int, text, type LowerNode } from "./lowering.js";
import { ELEMENT_TYPE } from "./pointwise.js";

/** The first output are the values, the second one their places. */
export const lowerTopK: LowerNode = (node, context) => {
  const [values, places] = context.emitMany({
    op: "TopK",
    inputs: [context.plain(node.inputs[0]), context.int64s([node.attributes["count"] as number])],
    attributes: { axis: int(-1), largest: int(1), sorted: int(1) },
    outputs: 2,
  });
  const narrow = context.emit({ op: "Cast", inputs: [places], attributes: { to: int(ELEMENT_TYPE.int32) } });
  return [values, narrow].map((name, i) => {
    const { shape, dtype } = node.outputs[i];
    return { name, shape, dtype, layout: PLAIN };
  });
};

/**
 * Rows `[R,W]` written to, or added to, the rows of a table `[M,W]`.
 *
 * ScatterElements goes from row to row on one thread. ScatterND, which would need no index for every element, adds rows on
 * several threads: the order of the sums changes from run to run.
 */
export const lowerScatterRows: LowerNode = (node, context) => {
  const [table, ids, updates] = node.inputs as [Value, Value, Value];
  const column = context.reshaped(context.plain(ids), [updates.shape[0], 1]);
  const places = context.emit({ op: "Expand", inputs: [column, context.int64s(updates.shape)] });
  const name = context.emit({
    op: "ScatterElements",
    inputs: [context.plain(table), places, context.plain(updates)],
    attributes: { axis: int(0), reduction: text(node.attributes["reduction"] as string) },
  });
  const { shape, dtype } = node.outputs[0];
  return [{ name, shape, dtype, layout: PLAIN }];
};
