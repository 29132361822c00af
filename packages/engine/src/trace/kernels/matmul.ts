/** @file Products of matrices and contractions. */
import { tf } from "@gan-arena/core";
import { sizeOf, type DType } from "@gan-arena/core/base";
import type { Value } from "../../graph/ir.js";
import { innerExtents } from "../../errors.js";
import { cast } from "./pointwise.js";
import { reshape, transpose } from "./shape.js";
import { kernel, type KernelContext } from "./support.js";

const { backend_util: backendUtil } = tf;

export function registerMatmul(): void {
  kernel("BatchMatMul", (k) => {
    const transposeA = k.attrs["transposeA"] as boolean;
    const transposeB = k.attrs["transposeB"] as boolean;
    const [a, b] = [k.input("a"), k.input("b")];
    const dtype = tf.upcastType(a.dtype, b.dtype) as DType;
    // LIMIT: integers are multiplied as float32, exact up to 2^24.
    const product = matMul(k, cast(k, a, "float32"), cast(k, b, "float32"), { transposeA, transposeB });
    return dtype === "float32" ? product : cast(k, product, "int32");
  });
  kernel("Einsum", (k) => {
    const equation = (k.attrs["equation"] as string).replaceAll(/\s/gu, "");
    const inputs = k.list();
    return k.make({ op: "Einsum", inputs, attributes: { equation }, shape: einsumShape(equation, inputs) });
  });
}

/** The shape that an equation such as `bij,bjk->bik` gives. */
function einsumShape(equation: string, inputs: readonly Value[]): number[] {
  // TensorFlow.js has the checks and their messages.
  const { allDims, idDims } = backendUtil.decodeEinsumEquation(equation, inputs.length);
  backendUtil.checkEinsumDimSizes(allDims.length, idDims, inputs as never);
  const [left, right] = equation.split("->") as [string, string];
  const extents = new Map<string, number>();
  left
    .split(",")
    .forEach((term, i) => term.split("").forEach((letter, axis) => extents.set(letter, inputs[i]?.shape[axis])));
  return right.split("").map((letter) => extents.get(letter) as number);
}

/** `[…,m,k] x […,k,n]`, batch axes broadcast. */
export function matMul(
  k: KernelContext,
  a: Value,
  b: Value,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): Value {
  const [rows, columns] = [a.shape.at(transposeA ? -1 : -2) as number, b.shape.at(transposeB ? -2 : -1) as number];
  const [inner, other] = [a.shape.at(transposeA ? -2 : -1) as number, b.shape.at(transposeB ? -1 : -2) as number];
  if (inner !== other) throw innerExtents(a.shape, b.shape, { transposeA, transposeB });
  const batch = backendUtil.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, rows, columns];
  if (sizeOf(batch) === 1) {
    const flat = (x: Value): Value => reshape(k, x, x.shape.slice(-2));
    const product = k.make({
      op: "Gemm",
      inputs: [flat(a), flat(b)],
      attributes: { transposeA, transposeB },
      shape: [rows, columns],
    });
    return reshape(k, product, shape);
  }
  const turned = (x: Value, turn: boolean): Value => {
    if (!turn) return x;
    const rank = x.shape.length;
    return transpose(k, x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
  };
  return k.make({ op: "MatMul", inputs: [turned(a, transposeA), turned(b, transposeB)], shape });
}
