/** @file Looking up rows, putting them back, and counting. */
import { tf, type Tensor } from "@gan-arena/core";
import { sizeOf, type DType } from "@gan-arena/core/base";
import type { Value } from "../../graph/ir.js";
import { matMul } from "./matmul.js";
import { binary, cast, where } from "./pointwise.js";
import { concat, expand, reshape, shapeHolder, sliceAxis } from "./shape.js";
import { composed, kernel, scalar, type KernelContext } from "./support.js";

const { util, backend_util: backendUtil } = tf;

export function registerIndexing(): void {
  kernel("GatherV2", gather);
  kernel("GatherNd", (k) => {
    const [x, indices] = [k.input("params"), k.input("indices")];
    backendUtil.prepareAndValidate(shapeHolder(x), shapeHolder(indices)); // its messages
    const rows = indexedRows(x.shape, indices);
    const flat = reshape(k, x, [rows.count, rows.width]);
    const found = gatherAxis(k, flat, { indices: flatIds(k, indices, rows), axis: 0 });
    return reshape(k, found, [...indices.shape.slice(0, -1), ...rows.rest]);
  });
  kernel("UnsortedSegmentSum", (k) => {
    const [x, ids] = [k.input("x"), k.input("segmentIds")];
    const count = k.attrs["numSegments"] as number;
    const rows = sizeOf(ids.shape);
    const updates = reshape(k, x, [rows, sizeOf(x.shape) / rows]);
    const summed = segmentSum(k, { updates, ids: reshape(k, ids, [rows]), count });
    return reshape(k, summed, [count, ...x.shape.slice(ids.shape.length)]);
  });
  kernel("ScatterNd", (k) => {
    const [indices, updates] = [placesIn(k, k.input("indices")), k.input("updates")];
    const shape = k.attrs["shape"] as number[];
    const rows = indexedRows(shape, indices);
    const flat = reshape(k, updates, [rows.lookups, rows.width]);
    return reshape(k, segmentSum(k, { updates: flat, ids: flatIds(k, indices, rows), count: rows.count }), shape);
  });
  kernel("TensorScatterUpdate", (k) => {
    const [indices, updates] = [placesIn(k, k.input("indices")), k.input("updates")];
    return replaceRows(k, k.input("tensor"), { indices, updates });
  });
  kernel("SparseToDense", (k) => {
    const [indices, values, fill] = [k.input("sparseIndices"), k.input("sparseValues"), k.input("defaultValue")];
    const shape = k.attrs["outputShape"] as number[];
    const table = placesIn(k, indices);
    const updates = expand(k, reshape(k, values, [sizeOf(values.shape)]), [table.shape[0]]);
    return replaceRows(k, expand(k, fill, shape), { indices: table, updates });
  });
  kernel("OneHot", (k) => {
    const [depth, on, off] = ["depth", "onValue", "offValue"].map((name) => k.attrs[name] as number) as [
      number,
      number,
      number,
    ];
    const dtype = (k.attrs["dtype"] as DType | undefined) ?? "int32";
    const hits = oneHot(k, k.input("indices"), depth);
    return where(k, hits, scalar(k, on, dtype), scalar(k, off, dtype));
  });
  kernel("TopK", topK);
  composed("Bincount", ({ x, weights }, attrs) => counts(tf.reshape(x, [x.size]), weights, attrs["size"] as number));
  composed("DenseBincount", ({ x, weights }, attrs) => {
    const size = attrs["size"] as number;
    if (attrs["binaryOutput"] !== true) return counts(x, weights, size);
    return tf.cast(tf.max(tf.oneHot(tf.cast(x, "int32"), size), -2), weights.dtype);
  });
  composed("SearchSorted", ({ sortedSequence, values }, attrs) => {
    const [sequence, wanted] = [tf.expandDims(sortedSequence, -2), tf.expandDims(values, -1)];
    const before = attrs["side"] === "left" ? tf.less(sequence, wanted) : tf.lessEqual(sequence, wanted);
    return tf.sum(tf.cast(before, "int32"), -1);
  });
}

/** How often each number below `size` is in the last axis of x, or the sum of its weights; other numbers are left out. */
function counts(x: Tensor, weights: Tensor, size: number): Tensor {
  const hits = tf.cast(tf.oneHot(tf.cast(x, "int32"), size), weights.dtype); // [...,n,size]
  return tf.sum(weights.size === 0 ? hits : tf.mul(hits, tf.expandDims(weights, -1)), -2);
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
  const known = indices.splat === undefined ? (indices.data ?? []) : [indices.splat];
  for (const index of known)
    util.assert(
      index >= 0 && index < x.shape[axis],
      () => `GatherV2: the index value ${index} is not in [0, ${x.shape[axis] - 1}]`,
    );
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

/** A scalar or a vector of indices names places along the first axis. */
const placesIn = (k: KernelContext, indices: Value): Value =>
  indices.shape.length < 2 ? reshape(k, indices, [sizeOf(indices.shape), 1]) : indices;

/** What indices of the first axes of a tensor address: a table of rows. */
interface IndexedRows {
  /** Extents that one index runs over. */
  readonly indexed: readonly number[];
  readonly rest: readonly number[];
  /** Rows of the table, their width, and how many are named. */
  readonly count: number;
  readonly width: number;
  readonly lookups: number;
}

/** @param indices `[...,depth]`, places in the first `depth` axes of `shape` */
function indexedRows(shape: readonly number[], indices: Value): IndexedRows {
  const depth = indices.shape.at(-1) as number;
  const [indexed, rest] = [shape.slice(0, depth), shape.slice(depth)];
  return {
    indexed,
    rest,
    count: sizeOf(indexed),
    width: sizeOf(rest),
    lookups: sizeOf(indices.shape.slice(0, -1)),
  };
}

/** `[...,depth]` indices as numbers of rows, one for each lookup. */
function flatIds(k: KernelContext, indices: Value, { indexed, lookups }: IndexedRows): Value {
  const depth = indexed.length;
  const table = reshape(k, cast(k, indices, "int32"), [lookups, depth]);
  const columns = indexed.map((_, axis) => {
    const column = reshape(k, sliceAxis(k, table, { axis: 1, start: axis, stop: axis + 1 }), [lookups]);
    return binary(k, "Mul", column, scalar(k, sizeOf(indexed.slice(axis + 1)), "int32"));
  });
  return columns.reduce((sum, column) => binary(k, "Add", sum, column));
}

function replaceRows(k: KernelContext, x: Value, { indices, updates }: { indices: Value; updates: Value }): Value {
  const rows = indexedRows(x.shape, indices);
  const table = reshape(k, x, [rows.count, rows.width]);
  const flat = reshape(k, cast(k, updates, x.dtype), [rows.lookups, rows.width]);
  const written = scatterRows(k, { table, ids: flatIds(k, indices, rows), updates: flat, reduction: "none" });
  return reshape(k, written, x.shape);
}

/** From this many segments on, a product with a one-hot matrix takes longer than going from row to row. */
const ONE_HOT_SEGMENTS = 256;

/** Adds rows `[R,W]` that have the same id; rows whose id is no segment are left out. @returns `[count,W]` */
function segmentSum(k: KernelContext, { updates, ids, count }: { updates: Value; ids: Value; count: number }): Value {
  if (count <= ONE_HOT_SEGMENTS) {
    const membership = cast(k, oneHot(k, ids, count), "float32"); // [R,count]
    const sum = matMul(k, membership, cast(k, updates, "float32"), { transposeA: true, transposeB: false });
    return cast(k, sum, updates.dtype);
  }
  const inside = binary(
    k,
    "And",
    binary(k, "GreaterOrEqual", ids, scalar(k, 0, "int32")),
    binary(k, "Less", ids, scalar(k, count, "int32")),
  );
  const places = where(k, inside, ids, scalar(k, count, "int32")); // all others go to one more row
  const table = k.backend.graph.splat(0, [count + 1, updates.shape[1]], updates.dtype);
  const summed = scatterRows(k, { table, ids: places, updates, reduction: "add" });
  return sliceAxis(k, summed, { axis: 0, start: 0, stop: count });
}

interface Scatter {
  /** `[M,W]` */
  readonly table: Value;
  /** `[R]`, rows of the table. */
  readonly ids: Value;
  /** `[R,W]` */
  readonly updates: Value;
  readonly reduction: "add" | "none";
}

const scatterRows = (k: KernelContext, { table, ids, updates, reduction }: Scatter): Value =>
  k.make({
    op: "ScatterRows",
    inputs: [table, ids, updates],
    attributes: { reduction },
    shape: table.shape,
    dtype: table.dtype,
  });

/** Whether an index is 0, 1, …; one that is out of range is none of them. @returns bool `[...,depth]` */
function oneHot(k: KernelContext, indices: Value, depth: number): Value {
  const numbers = k.backend.graph.constant(
    Int32Array.from({ length: depth }, (_, i) => i),
    [depth],
    "int32",
  );
  return binary(k, "Equal", cast(k, reshape(k, indices, [...indices.shape, 1]), "int32"), numbers);
}

/** The largest values of the last axis and where they are; of equal ones the first. */
function topK(k: KernelContext): Value[] {
  const x = k.input("x");
  const count = k.attrs["k"] as number;
  const shape = [...x.shape.slice(0, -1), count];
  const { graph } = k.backend;
  if (count === 0) return [graph.splat(0, shape, x.dtype), graph.splat(0, shape, "int32")];
  const outputs = [
    { shape, dtype: x.dtype },
    { shape, dtype: "int32" as const },
  ];
  return [...graph.node("TopK", [x], { count }, outputs).outputs];
}
