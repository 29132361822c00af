/** @file Element-wise ops take the layout of their operands. */
import { sizeOf } from "@gan-arena/core/base";
import { sameShape, type Node, type Value } from "../graph/ir.js";
import { broadcastShapes, padRank } from "../graph/shapes.js";
import { POINTWISE } from "../passes/pointwise.js";
import { clipMultiple, scaleChannels } from "./channel-scale.js";
import { PLAIN, fits, physicalShape, type Layout } from "./layout.js";
import { float, int, isPacked, type LowerNode, type Lowering, type OnnxAttribute, type Placed } from "./lowering.js";

/** Element types of ONNX by number (TensorProto.DataType). */
export const ELEMENT_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;

/** The layout in which most of the data already lies: that of the largest operand that is not plain. */
function commonLayout(context: Lowering, operands: readonly Value[], shape: readonly number[]): Layout {
  const size = sizeOf(shape);
  let chosen = PLAIN;
  let largest = 0;
  for (const operand of operands) {
    if (operand.splat !== undefined) continue;
    const { layout } = context.at(operand);
    const extent = sizeOf(operand.shape);
    if (layout === PLAIN || extent < largest || !fits(layout, shape)) continue;
    // A small operand in another layout is cheaper to move than the large plain one that it meets.
    if (
      extent < size &&
      operands.some(
        (other) => other.splat === undefined && sizeOf(other.shape) === size && context.at(other).layout === PLAIN,
      )
    )
      continue;
    chosen = layout;
    largest = extent;
  }
  return chosen;
}

interface Operand {
  readonly name: string;
  /** In memory. */
  readonly shape: readonly number[];
}

/** An operand that broadcasts against values of `rank` in `layout`. */
function operand(context: Lowering, value: Value, { layout, rank }: { layout: Layout; rank: number }): Operand {
  if (value.splat !== undefined) return { name: context.scalar(value.splat, value.dtype), shape: [] };
  const placed = context.at(value);
  if (layout === PLAIN) return { name: context.plain(placed), shape: value.shape };
  // One number, viewed without axes where it has too many, broadcasts against every layout.
  if (sizeOf(value.shape) === 1 && value.shape.length <= (isPacked(layout) ? 1 : rank))
    return { name: context.plain(placed), shape: value.shape };
  if (sizeOf(value.shape) === 1) return { name: context.reshaped(context.plain(placed), []), shape: [] };
  if (isPacked(layout)) return { name: context.as(placed, layout), shape: value.shape };
  const shape = padRank(value.shape, rank);
  const full: Placed =
    placed.layout === PLAIN ? { ...placed, name: context.reshaped(placed.name, shape), shape } : placed;
  return { name: context.as(full, layout), shape: physicalShape(layout, shape) };
}

/** Numbers of the largest value beside which a constant is written out: broadcasting one number takes ONNX Runtime 0.7 us more. */
const MOST_WRITTEN_OUT = 1024;

/** A constant as large as the other operand, which is small and plain. */
function writtenOut(context: Lowering, { inputs, outputs: [{ shape }] }: Node, index: number): string | undefined {
  const [value, other] = [inputs[index], inputs[1 - index]];
  const size = sizeOf(shape);
  if (inputs.length !== 2 || value.splat === undefined || size > MOST_WRITTEN_OUT || context.policy.anyBatch)
    return undefined;
  if (other.splat !== undefined || !sameShape(other.shape, shape)) return undefined;
  return context.initializer({ dtype: value.dtype, shape, data: Array<number>(size).fill(value.splat) });
}

export const lowerPointwise: LowerNode = (node: Node, context) => {
  const scaled = scaleChannels(node, context) ?? clipMultiple(node, context);
  if (scaled) return scaled;
  const { shape, dtype } = node.outputs[0];
  const layout = commonLayout(context, node.inputs, shape);
  const operands = node.inputs.map((value) => operand(context, value, { layout, rank: shape.length }));
  const names = operands.map(({ name }, i) => (layout === PLAIN ? (writtenOut(context, node, i) ?? name) : name));
  const inputs = [...names, ...clipBounds(node, context)];
  const result = context.emit({ op: POINTWISE[node.op]?.onnx, inputs, attributes: attributesOf(node) });
  const reached = operands.map((each) => each.shape).reduce(broadcastShapes);
  const wanted = isPacked(layout) ? shape : physicalShape(layout, shape);
  const name = sameShape(reached, wanted)
    ? result
    : context.emit({ op: "Expand", inputs: [result, context.int64s(wanted)] });
  return [{ name, shape, dtype, layout }];
};

/** ONNX takes the bounds of a clip as operands. */
const clipBounds = ({ op, attributes }: Node, context: Lowering): string[] =>
  op === "Clip" ? [context.scalar(attributes["min"] as number), context.scalar(attributes["max"] as number)] : [];

function attributesOf(node: Node): Record<string, OnnxAttribute> {
  if (node.op === "Cast") return { to: int(ELEMENT_TYPE[node.attributes["to"] as keyof typeof ELEMENT_TYPE]) };
  if (node.op === "HardSigmoid")
    return { alpha: float(node.attributes["alpha"] as number), beta: float(node.attributes["beta"] as number) };
  if (node.op === "LeakyRelu") return { alpha: float(node.attributes["alpha"] as number) };
  return {};
}
