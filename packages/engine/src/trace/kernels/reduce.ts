/** @file Reductions, scans and softmax. */
import { tf } from "@gan-arena/core";
import { sizeOf } from "@gan-arena/core/base";
import { reducedShape } from "../../graph/shapes.js";
import type { Value } from "../../graph/ir.js";
import { binary, cast, unary, where } from "./pointwise.js";
import { reshape } from "./shape.js";
import { kernel, scalar, type KernelContext } from "./support.js";

const { util } = tf;

export function registerReduce(): void {
  kernel("Sum", (k) => {
    const x = k.input("x");
    return reduce(k, "ReduceSum", x.dtype === "bool" ? cast(k, x, "int32") : x, attributesOf(k, x));
  });
  kernel("Mean", (k) => {
    const x = cast(k, k.input("x"), "float32");
    return reduce(k, "ReduceMean", x, attributesOf(k, x));
  });
  for (const name of ["Max", "Min", "Prod"])
    kernel(name, (k) => {
      const x = k.input("x");
      return reduce(k, `Reduce${name}`, x, attributesOf(k, x));
    });
  for (const [name, op] of [
    ["All", "ReduceMin"],
    ["Any", "ReduceMax"],
  ] as const)
    kernel(name, (k) => {
      const x = cast(k, k.input("x"), "int32");
      return cast(k, reduce(k, op, x, attributesOf(k, x)), "bool");
    });
  for (const [name, loser] of [
    ["ArgMax", -Infinity],
    ["ArgMin", Infinity],
  ] as const)
    kernel(name, (k) => {
      const given = cast(k, k.input("x"), "float32");
      // NaN is passed over, as by TensorFlow.js.
      const isNaN = k.make({ op: "IsNaN", inputs: [given], shape: given.shape, dtype: "bool" });
      const x = where(k, isNaN, scalar(k, loser), given);
      const axis = util.parseAxisParam(k.attrs["axis"] as number, [...x.shape])[0];
      return k.make({
        op: name,
        inputs: [x],
        attributes: { axis },
        shape: reducedShape(x.shape, [axis], false),
        dtype: "int32",
      });
    });
  kernel("Cumsum", cumsum);
  kernel("Softmax", (k) => softmax(k, k.input("logits")));
  kernel("LogSoftmax", (k) => {
    const x = k.input("logits");
    const axes = [x.shape.length - 1];
    const shifted = binary(k, "Sub", x, reduce(k, "ReduceMax", x, { axes, keepDims: true }));
    const total = reduce(k, "ReduceSum", unary(k, "Exp", shifted), { axes, keepDims: true });
    return binary(k, "Sub", shifted, unary(k, "Log", total));
  });
}

interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

function attributesOf(k: KernelContext, x: Value): Reduction {
  const named = k.attrs["axis"] ?? k.attrs["reductionIndices"];
  const axes = util.parseAxisParam(named as number[], [...x.shape]);
  return { axes, keepDims: (k.attrs["keepDims"] as boolean | undefined) ?? false };
}

export function reduce(k: KernelContext, op: string, x: Value, { axes, keepDims }: Reduction): Value {
  const shape = reducedShape(x.shape, axes, keepDims);
  const count = sizeOf(axes.map((axis) => x.shape[axis]));
  if (count === 1) return reshape(k, x, shape);
  if (x.splat !== undefined) {
    const folded = op === "ReduceSum" ? x.splat * count : op === "ReduceProd" ? x.splat ** count : x.splat;
    return k.backend.graph.splat(folded, shape, x.dtype);
  }
  return k.make({ op, inputs: [x], attributes: { axes, keepDims }, shape, dtype: x.dtype });
}

function softmax(k: KernelContext, x: Value): Value {
  const axes = [x.shape.length - 1];
  const shifted = binary(k, "Sub", x, reduce(k, "ReduceMax", x, { axes, keepDims: true }));
  const weights = unary(k, "Exp", shifted);
  return binary(k, "Div", weights, reduce(k, "ReduceSum", weights, { axes, keepDims: true }));
}

function cumsum(k: KernelContext): Value {
  const x = k.input("x");
  const axis = util.parseAxisParam(k.attrs["axis"] as number, [...x.shape])[0];
  const attributes = { axis, exclusive: k.attrs["exclusive"] as boolean, reverse: k.attrs["reverse"] as boolean };
  return k.make({ op: "CumSum", inputs: [x], attributes, shape: x.shape, dtype: x.dtype });
}
