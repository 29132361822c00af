/** @file Matrix products, gathers and scatters. */
import { tf } from "@gan-arena/core";
import { sizeOf } from "@gan-arena/core/base";
import { broadcastShapes } from "../../graph/shapes.js";
import type { Value } from "../../graph/ir.js";
import { cast } from "./pointwise.js";
import { concat, reshape, sliceAxis, transpose } from "./shape.js";
import { kernel, type KernelContext } from "./support.js";

const { util, backend_util: backendUtil } = tf;

export function registerMatmul(): void {
  kernel("BatchMatMul", (k) => {
    const transposeA = k.attrs["transposeA"] as boolean;
    const transposeB = k.attrs["transposeB"] as boolean;
    return matMul(k, k.input("a"), k.input("b"), { transposeA, transposeB });
  });
  kernel("Einsum", (k) => {
    const equation = k.attrs["equation"] as string;
    const inputs = k.list();
    return k.make({ op: "Einsum", inputs, attributes: { equation }, shape: einsumShape(equation, inputs) });
  });
  kernel("GatherV2", gather);
  kernel("UnsortedSegmentSum", (k) => {
    // Rows that belong to one segment are added: a product with a one-hot matrix, which has gradients of every order.
    const x = k.input("x");
    const ids = k.input("segmentIds");
    const count = k.attrs["numSegments"] as number;
    const rows = sizeOf(ids.shape);
    const width = sizeOf(x.shape) / rows;
    const membership = oneHot(k, reshape(k, ids, [rows]), { depth: count, on: 1, off: 0 });
    const summed = matMul(k, membership, reshape(k, x, [rows, width]), { transposeA: true, transposeB: false });
    return reshape(k, summed, [count, ...x.shape.slice(ids.shape.length)]);
  });
  kernel("OneHot", (k) => {
    const [depth, on, off] = ["depth", "onValue", "offValue"].map((name) => k.attrs[name] as number) as [
      number,
      number,
      number,
    ];
    const dtype = (k.attrs["dtype"] as Value["dtype"] | undefined) ?? "int32";
    return cast(k, oneHot(k, k.input("indices"), { depth, on, off }), dtype);
  });
}

/** The shape that an equation such as `bij,bjk->bik` gives. */
function einsumShape(equation: string, inputs: readonly Value[]): number[] {
  const [left, right] = equation.split("->") as [string, string];
  const extents = new Map<string, number>();
  left.split(",").forEach((term, i) =>
    term
      .trim()
      .split("")
      .forEach((letter, axis) => extents.set(letter, inputs[i]?.shape[axis])),
  );
  return right
    .trim()
    .split("")
    .map((letter) => extents.get(letter) as number);
}

/** `[…,m,k] x […,k,n]`, batch axes broadcast. */
function matMul(
  k: KernelContext,
  a: Value,
  b: Value,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): Value {
  const [rows, columns] = [a.shape.at(transposeA ? -1 : -2) as number, b.shape.at(transposeB ? -2 : -1) as number];
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
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

/** Rows of `x` along one axis; the axis is replaced by those of the indices. */
export function gatherAxis(k: KernelContext, x: Value, { indices, axis }: { indices: Value; axis: number }): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return k.make({ op: "Gather", inputs: [x, cast(k, indices, "int32")], attributes: { axis }, shape, dtype: x.dtype });
}

function gather(k: KernelContext): Value {
  const x = k.input("x");
  const indices = k.input("indices");
  const axis = util.parseAxisParam(k.attrs["axis"] as number, [...x.shape])[0];
  const batchDims = (k.attrs["batchDims"] as number | undefined) ?? 0;
  const info = backendUtil.segment_util.collectGatherOpShapeInfo(x as never, indices as never, axis, batchDims);
  if (batchDims === 0) return gatherAxis(k, x, { indices, axis });
  // Batch axes become part of the index: row r of batch b is row b * rows + r of all rows.
  const flatX = reshape(k, x, [info.batchSize * info.outerSize, info.dimSize, info.sliceSize]);
  const flatIndices = reshape(k, indices, [info.batchSize, sizeOf(indices.shape) / info.batchSize]);
  const count = flatIndices.shape[1];
  const parts = Array.from({ length: info.batchSize }, (_, b) => {
    const rows = sliceAxis(k, flatX, { axis: 0, start: b * info.outerSize, stop: (b + 1) * info.outerSize });
    const own = reshape(k, sliceAxis(k, flatIndices, { axis: 0, start: b, stop: b + 1 }), [count]);
    return gatherAxis(k, rows, { indices: own, axis: 1 });
  });
  return reshape(k, concat(k, parts, 0), info.outputShape);
}

const oneHot = (
  k: KernelContext,
  indices: Value,
  { depth, on, off }: { depth: number; on: number; off: number },
): Value =>
  k.make({
    op: "OneHot",
    inputs: [cast(k, indices, "int32")],
    attributes: { depth, on, off },
    shape: [...indices.shape, depth],
  });
