/**
 * @file The simplifier: rules that run on every node when it is made.
 *
 * Each rule is small, named and tested. A rule may ask the graph for other nodes, which pass through the rules again.
 */
import { broadcastShapes } from "../graph/shapes.js";
import {
  isConstant,
  sameShape,
  type Data,
  type Graph,
  type NodeRequest,
  type Rewrite,
  type Value,
} from "../graph/ir.js";
import { sizeOf } from "@gan-arena/core/base";
import { POINTWISE } from "./pointwise.js";

/** Constants up to this size are computed while tracing. */
const FOLD_SIZE = 4096;

/** A pointwise op on constants is a constant. */
const foldConstants: Rewrite = (graph, { op, inputs, attributes, shape, dtype = "float32" }) => {
  const fold = POINTWISE[op]?.fold;
  if (!fold || inputs.length === 0 || !inputs.every(isConstant)) return undefined;
  if (op === "Cast" && attributes?.["to"] !== "float32" && inputs[0]?.dtype === "float32" && dtype === "int32")
    return foldEach(graph, inputs, Math.trunc, { shape, dtype });
  if (op === "Cast" && dtype === "bool") return foldEach(graph, inputs, (x) => (x === 0 ? 0 : 1), { shape, dtype });
  if (dtype === "int32" && op === "Div") return undefined;
  return foldEach(graph, inputs, fold, { shape, dtype });
};

function foldEach(
  graph: Graph,
  inputs: readonly Value[],
  fold: (...args: number[]) => number,
  { shape, dtype }: Pick<Value, "shape" | "dtype">,
): Value | undefined {
  if (inputs.every((input) => input.splat !== undefined))
    return graph.splat(fold(...inputs.map((input) => input.splat as number)), shape, dtype);
  const size = sizeOf(shape);
  const aligned = inputs.every((input) => input.splat !== undefined || sameShape(input.shape, shape));
  if (size > FOLD_SIZE || !aligned) return undefined;
  const args = inputs.map((input) => input.data ?? input.splat ?? 0);
  const at = (arg: Data | number, i: number): number => (typeof arg === "number" ? arg : arg[i]);
  const values = Array.from({ length: size }, (_, i) => fold(...args.map((arg) => at(arg, i))));
  const data =
    dtype === "int32"
      ? Int32Array.from(values)
      : dtype === "bool"
        ? Uint8Array.from(values)
        : Float32Array.from(values);
  return graph.constant(data, shape, dtype);
}

/** x + 0, x - 0, x * 1, x / 1, x ^ 1, x * 0, -(-x), -(c x), x ^ 2, where(constant, …). */
const algebra: Rewrite = (graph, { op, inputs, shape, dtype = "float32" }) => {
  const [a, b] = inputs;
  if (!a) return undefined;
  const keeps = (value: Value): boolean => sameShape(value.shape, shape) && value.dtype === dtype;
  if (op === "Neg" && a.node.op === "Neg") return a.node.inputs[0];
  if (op === "Neg" && a.node.op === "Mul" && a.node.inputs.some((factor) => factor.splat !== undefined)) {
    const factors = a.node.inputs.map((value) =>
      value.splat === undefined ? value : graph.splat(-value.splat, value.shape, dtype),
    );
    return graph.make({ op: "Mul", inputs: factors, shape, dtype });
  }
  if (op === "Where" && a.splat !== undefined) {
    const chosen = a.splat === 0 ? inputs[2] : b;
    return chosen && keeps(chosen) ? chosen : undefined;
  }
  if (!b) return undefined;
  const isNumber = (value: Value, number: number): boolean => value.splat === number;
  switch (op) {
    case "Add":
      if (isNumber(b, 0) && keeps(a)) return a;
      if (isNumber(a, 0) && keeps(b)) return b;
      return undefined;
    case "Sub":
      if (isNumber(b, 0) && keeps(a)) return a;
      if (isNumber(a, 0) && keeps(b)) return graph.make({ op: "Neg", inputs: [b], shape, dtype });
      return undefined;
    case "Mul":
      if (isNumber(b, 1) && keeps(a)) return a;
      if (isNumber(a, 1) && keeps(b)) return b;
      if (isNumber(a, 0) || isNumber(b, 0)) return graph.splat(0, shape, dtype);
      if (isNumber(b, -1) && keeps(a)) return graph.make({ op: "Neg", inputs: [a], shape, dtype });
      if (isNumber(a, -1) && keeps(b)) return graph.make({ op: "Neg", inputs: [b], shape, dtype });
      return undefined;
    case "Div":
      if (isNumber(b, 1) && keeps(a)) return a;
      // A division costs several multiplications; by a power of two the product has the same bits.
      if (b.splat !== undefined && dtype === "float32" && isPowerOfTwo(b.splat))
        return graph.make({ op: "Mul", inputs: [a, graph.splat(1 / b.splat, b.shape)], shape, dtype });
      return undefined;
    case "Pow":
      if (isNumber(b, 1) && keeps(a)) return a;
      if (isNumber(b, 2) && keeps(a)) return graph.make({ op: "Mul", inputs: [a, a], shape, dtype });
      return undefined;
    default:
      return undefined;
  }
};

const isPowerOfTwo = (x: number): boolean => x !== 0 && Number.isInteger(Math.log2(Math.abs(x)));

/** An operand that was only spread out, or one number with fewer axes, is used as it was: ONNX broadcasts by itself. */
const broadcastLate: Rewrite = (graph, { op, inputs, attributes, shape, dtype }) => {
  if (!POINTWISE[op] || inputs.length < 2) return undefined;
  for (const [i, input] of inputs.entries()) {
    const source = beforeBroadcast(input, shape.length);
    if (!source) continue;
    const replaced = inputs.map((other, j) => (j === i ? source : other));
    const reached = replaced.map((value) => value.shape).reduce(broadcastShapes);
    if (sameShape(reached, shape)) return graph.make({ op, inputs: replaced, attributes, shape, dtype });
  }
  return undefined;
};

/** What a value of the same numbers was made of, if it broadcasts to `rank` axes as well. */
function beforeBroadcast({ node, shape }: Value, rank: number): Value | undefined {
  const [source] = node.inputs as readonly (Value | undefined)[];
  if (!source || node.op === "Expand") return source;
  const oneNumber = node.op === "Reshape" && sizeOf(shape) === 1 && source.shape.length <= rank && !isConstant(source);
  return oneNumber ? source : undefined;
}

/** Reshapes, transposes, casts and expansions that change nothing, or that follow one another. */
const shapeChains: Rewrite = (graph, { op, inputs, attributes, shape, dtype = "float32" }) => {
  const [x] = inputs;
  if (!x) return undefined;
  const source = x.node.inputs[0];
  switch (op) {
    case "Reshape":
      if (sameShape(x.shape, shape)) return x;
      if (x.splat !== undefined) return graph.splat(x.splat, shape, dtype);
      if (x.data) return graph.constant(x.data, shape, dtype);
      if (x.node.op === "Reshape" && source) return graph.make({ op, inputs: [source], shape, dtype });
      return undefined;
    case "Expand":
      if (sameShape(x.shape, shape)) return x;
      if (x.splat !== undefined) return graph.splat(x.splat, shape, dtype);
      if (x.node.op === "Expand" && source) return graph.make({ op, inputs: [source], shape, dtype });
      return undefined;
    case "Transpose": {
      const perm = attributes?.["perm"] as readonly number[];
      if (perm.every((axis, i) => axis === i)) return x;
      if (x.splat !== undefined) return graph.splat(x.splat, shape, dtype);
      if (x.node.op === "Transpose" && source) {
        const inner = x.node.attributes["perm"] as readonly number[];
        return graph.make({
          op,
          inputs: [source],
          attributes: { perm: perm.map((axis) => inner[axis]) },
          shape,
          dtype,
        });
      }
      // Axes of extent 1 may move freely: then the transpose is only a reshape.
      const moved = perm.filter((axis) => x.shape[axis] !== 1);
      if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]))
        return graph.make({ op: "Reshape", inputs, shape, dtype });
      return undefined;
    }
    case "Cast":
      return x.dtype === dtype ? x : undefined;
    default:
      return undefined;
  }
};

/** Takes every number that is not tiny out of [-1,1]; smaller ones than 1e-38 count as partly positive. */
const STEEP = 1e38;

/**
 * x > 0 as a number is clip(1e38 x, 0, 1), a hard sigmoid: one vectorised op, where a comparison and its cast go through
 * single bytes.
 */
const positiveMask: Rewrite = (graph, { op, inputs, attributes, shape }) => {
  if (op !== "Cast" || attributes?.["to"] !== "float32") return undefined;
  const { node } = inputs[0];
  const [x, threshold] = node.inputs;
  if (node.op !== "Greater" || threshold?.splat !== 0 || x === undefined || x.dtype !== "float32") return undefined;
  const steep = { alpha: STEEP, beta: 0 };
  const mask = graph.make({ op: "HardSigmoid", inputs: [x], attributes: steep, shape: x.shape });
  return graph.make({ op: "Expand", inputs: [mask], shape });
};

/** mask * (1 - alpha) + alpha, the slope of a leaky unit, is a clip to [alpha,1]. */
const slopeClip: Rewrite = (graph, { op, inputs, shape }) => {
  if (op !== "Add") return undefined;
  const [product, offset] = inputs as [Value, Value];
  if (offset.splat === undefined || product.node.op !== "Mul") return undefined;
  const [mask, scale] = product.node.inputs as [Value, Value];
  const { op: masking, attributes, inputs: masked } = mask.node;
  const isMask = masking === "HardSigmoid" && attributes["alpha"] === STEEP && attributes["beta"] === 0;
  if (!isMask || scale.splat === undefined || offset.splat < 0 || Math.fround(scale.splat + offset.splat) !== 1)
    return undefined;
  const steep = graph.make({ op: "Mul", inputs: [masked[0], graph.splat(STEEP, [])], shape: masked[0].shape });
  return graph.make({ op: "Clip", inputs: [steep], attributes: { min: offset.splat, max: 1 }, shape });
};

const RULES: readonly Rewrite[] = [foldConstants, algebra, broadcastLate, shapeChains, positiveMask, slopeClip];

/** All rules, in order; the first that applies wins. */
export const simplify: Rewrite = (graph, request: NodeRequest) => {
  for (const rule of RULES) {
    const simpler = rule(graph, request);
    if (simpler) return simpler;
  }
  return undefined;
};
