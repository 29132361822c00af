/** @file Kernels that move values without computing: shapes, slices, joins, fills. */
import { tf } from "@gan-arena/core";
import { packedSize, sizeOf, type DType, type Packing } from "@gan-arena/core/base";
import type { Value } from "../../graph/ir.js";
import { kernel, type KernelContext } from "./support.js";

const { util, slice_util: sliceUtil, backend_util: backendUtil } = tf;

export function registerShape(): void {
  kernel("Reshape", (k) => {
    const x = k.input("x");
    return reshape(k, x, util.inferFromImplicitShape(k.attrs["shape"] as number[], sizeOf(x.shape)));
  });
  kernel("ExpandDims", (k) => {
    const x = k.input("input");
    const dim = k.attrs["dim"] as number;
    const rank = x.shape.length;
    util.assert(dim >= -rank - 1 && dim <= rank, () => `expandDims: axis ${dim} is not in [${-rank - 1}, ${rank}]`);
    const shape = [...x.shape];
    shape.splice(dim < 0 ? x.shape.length + dim + 1 : dim, 0, 1);
    return reshape(k, x, shape);
  });
  kernel("Transpose", (k) => transpose(k, k.input("x"), k.attrs["perm"] as number[]));
  kernel("BroadcastTo", (k) => expand(k, k.input("x"), k.attrs["shape"] as number[]));
  kernel("Tile", (k) => {
    const x = k.input("x");
    const reps = k.attrs["reps"] as number[];
    const shape = x.shape.map((extent, i) => extent * (reps[i] ?? 1));
    if (x.shape.every((extent, i) => extent === 1 || reps[i] === 1)) return expand(k, x, shape);
    return k.make({ op: "Tile", inputs: [x], attributes: { repeats: reps }, shape, dtype: x.dtype });
  });
  kernel("Fill", (k) => {
    const dtype = (k.attrs["dtype"] as DType | undefined) ?? "float32";
    return k.backend.graph.splat(k.attrs["value"] as number, k.attrs["shape"] as number[], dtype);
  });
  kernel("ZerosLike", (k) => filled(k, k.input("x"), 0));
  kernel("OnesLike", (k) => filled(k, k.input("x"), 1));
  kernel("Range", (k) => {
    const [start, stop, step] = ["start", "stop", "step"].map((name) => k.attrs[name] as number) as [
      number,
      number,
      number,
    ];
    // TensorFlow.js counts down by itself: a step of 1 towards a smaller stop is meant as -1.
    const stride = stop < start && step === 1 ? -1 : step;
    const count = Math.max(0, Math.ceil((stop - start) / stride));
    const values = Array.from({ length: count }, (_, i) => start + i * stride);
    const dtype = k.attrs["dtype"] as DType;
    const data = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
    return k.backend.graph.constant(data, [count], dtype);
  });
  kernel("LinSpace", (k) => {
    const [start, stop, count] = ["start", "stop", "num"].map((name) => k.attrs[name] as number) as [
      number,
      number,
      number,
    ];
    const step = count > 1 ? (stop - start) / (count - 1) : 0;
    const values = Float32Array.from({ length: count }, (_, i) => start + i * step);
    return k.backend.graph.constant(values, [count], "float32");
  });
  kernel("Concat", (k) => {
    const parts = k.list();
    const [axis] = util.parseAxisParam(k.attrs["axis"] as number, [...parts[0].shape]);
    backendUtil.assertParamsConsistent(
      parts.map(({ shape }) => [...shape]),
      axis,
    );
    return concat(k, parts, axis);
  });
  kernel("Pack", (k) => {
    const parts = k.list();
    const axis = k.attrs["axis"] as number;
    const first = parts[0];
    for (const part of parts) {
      util.assertShapesMatch(
        [...first.shape],
        [...part.shape],
        "All tensors passed to stack must have matching shapes",
      );
      util.assert(part.dtype === first.dtype, () => "All tensors passed to stack must have matching dtypes");
    }
    const shape = [...first.shape];
    shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
    return concat(
      k,
      parts.map((part) => reshape(k, part, shape)),
      axis,
    );
  });
  kernel("Unpack", (k) => {
    const x = k.input("value");
    const axis = util.parseAxisParam(k.attrs["axis"] as number, [...x.shape])[0];
    const rest = x.shape.filter((_, i) => i !== axis);
    return Array.from({ length: x.shape[axis] }, (_, i) =>
      reshape(k, sliceAxis(k, x, { axis, start: i, stop: i + 1 }), rest),
    );
  });
  kernel("Slice", (k) => {
    const x = k.input("x");
    const [begin, size] = sliceUtil.parseSliceParams(
      shapeHolder(x),
      k.attrs["begin"] as number[],
      k.attrs["size"] as number[],
    );
    sliceUtil.assertParamsValid(shapeHolder(x), begin, size);
    return slice(k, x, {
      starts: begin,
      ends: begin.map((b, i) => b + size[i]),
      steps: begin.map(() => 1),
    });
  });
  kernel("StridedSlice", stridedSlice);
  kernel("SplitV", (k) => {
    const x = k.input("x");
    const axis = util.parseAxisParam(k.attrs["axis"] as number, [...x.shape])[0];
    const sizes = backendUtil.prepareSplitSize(shapeHolder(x), k.attrs["numOrSizeSplits"] as number[] | number, axis);
    let start = 0;
    return sizes.map((size) => sliceAxis(k, x, { axis, start, stop: (start += size) }));
  });
  kernel("PadV2", (k) => {
    const x = k.input("x");
    return pad(k, x, {
      paddings: k.attrs["paddings"] as [number, number][],
      value: k.attrs["constantValue"] as number,
    });
  });
  kernel("MirrorPad", (k) => {
    const x = k.input("x");
    const mode = k.attrs["mode"] as "reflect" | "symmetric";
    return mirrorPad(k, x, k.attrs["paddings"] as [number, number][], mode);
  });
  kernel("Reverse", (k) => {
    const x = k.input("x");
    const axes = util.parseAxisParam(k.attrs["dims"] as number[], [...x.shape]);
    const reversed = x.shape.map((_, i) => axes.includes(i));
    return slice(k, x, {
      starts: x.shape.map((extent, i) => (reversed[i] ? extent - 1 : 0)),
      ends: x.shape.map((extent, i) => (reversed[i] ? -extent - 1 : extent)),
      steps: reversed.map((r) => (r ? -1 : 1)),
    });
  });
  kernel("DepthToSpace", (k) => {
    const x = k.input("x");
    const b = k.attrs["blockSize"] as number;
    const [n, h, w, c] = x.shape as [number, number, number, number];
    const depth = c / (b * b);
    const split = reshape(k, x, [n, h, w, b, b, depth]);
    return reshape(k, transpose(k, split, [0, 1, 3, 2, 4, 5]), [n, h * b, w * b, depth]);
  });
  kernel("GanArenaUnpack", (k) => {
    const packing = k.attrs["packing"] as unknown as Packing;
    const outputs = packing.parts.map((part) => ({ shape: part.shape, dtype: "float32" as const }));
    return [...k.backend.graph.node("Unpack", [k.input("flat")], { packing }, outputs).outputs];
  });
  kernel("GanArenaPack", (k) => {
    const packing = k.attrs["packing"] as unknown as Packing;
    const inputs = packing.parts.map((_, i) => k.input(String(i)));
    return k.make({ op: "Pack", inputs, attributes: { packing }, shape: [packedSize(packing)] });
  });
}

/** TensorFlow.js helpers look at these only. */
export const shapeHolder = (x: Value): never => ({ shape: x.shape, rank: x.shape.length, dtype: x.dtype }) as never;

export const reshape = (k: KernelContext, x: Value, shape: readonly number[]): Value =>
  k.make({ op: "Reshape", inputs: [x], shape, dtype: x.dtype });

export const transpose = (k: KernelContext, x: Value, perm: readonly number[]): Value =>
  k.make({
    op: "Transpose",
    inputs: [x],
    attributes: { perm },
    shape: perm.map((axis) => x.shape[axis]),
    dtype: x.dtype,
  });

export const expand = (k: KernelContext, x: Value, shape: readonly number[]): Value =>
  k.make({ op: "Expand", inputs: [x], shape, dtype: x.dtype });

function filled(k: KernelContext, x: Value, value: number): Value {
  return k.backend.graph.splat(value, x.shape, x.dtype);
}

export function concat(k: KernelContext, parts: readonly Value[], axisParam: number): Value {
  const first = parts[0];
  const axis = axisParam < 0 ? first.shape.length + axisParam : axisParam;
  const present = parts.filter((part) => sizeOf(part.shape) > 0);
  if (present.length === 1) return present[0];
  const shape = first.shape.map((extent, i) =>
    i === axis ? parts.reduce((total, part) => total + part.shape[i], 0) : extent,
  );
  if (present.length === 0) return k.backend.graph.splat(0, shape, first.dtype);
  return k.make({ op: "Concat", inputs: present, attributes: { axis }, shape, dtype: first.dtype });
}

interface SliceBounds {
  readonly starts: readonly number[];
  /** As in ONNX: for a negative step, an end before the first element is written -extent - 1. */
  readonly ends: readonly number[];
  readonly steps: readonly number[];
}

function slice(k: KernelContext, x: Value, { starts, ends, steps }: SliceBounds): Value {
  const shape = starts.map((start, i) => {
    const step = steps[i];
    const end = ends[i];
    const stop = step < 0 && end < 0 ? end + x.shape[i] : end;
    return Math.max(0, Math.ceil((stop - start) / step));
  });
  if (x.splat !== undefined) return k.backend.graph.splat(x.splat, shape, x.dtype);
  const whole = steps.every((step) => step === 1) && shape.every((extent, i) => extent === x.shape[i]);
  if (whole) return x;
  return k.make({ op: "Slice", inputs: [x], attributes: { starts, ends, steps }, shape, dtype: x.dtype });
}

export const sliceAxis = (
  k: KernelContext,
  x: Value,
  { axis, start, stop }: { axis: number; start: number; stop: number },
): Value =>
  slice(k, x, {
    starts: x.shape.map((_, i) => (i === axis ? start : 0)),
    ends: x.shape.map((extent, i) => (i === axis ? stop : extent)),
    steps: x.shape.map(() => 1),
  });

function stridedSlice(k: KernelContext): Value {
  const x = k.input("x");
  const attr = (name: string): number[] => k.attrs[name] as number[];
  const mask = (name: string): number => k.attrs[name] as number;
  const info = sliceUtil.sliceInfo(
    [...x.shape], attr("begin"), attr("end"), attr("strides"),
    mask("beginMask"), mask("endMask"), mask("ellipsisMask"), mask("newAxisMask"), mask("shrinkAxisMask"),
  ); // prettier-ignore
  if (info.isIdentity) return reshape(k, x, info.finalShape);
  const cut = slice(k, x, {
    starts: info.begin,
    ends: info.end.map((end, i) => (info.strides[i] < 0 && end < 0 ? -x.shape[i] - 1 : end)),
    steps: info.strides,
  });
  return reshape(k, cut, info.finalShape);
}

function pad(
  k: KernelContext,
  x: Value,
  { paddings, value = 0 }: { readonly paddings: readonly (readonly [number, number])[]; readonly value?: number },
): Value {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  const shape = x.shape.map((extent, i) => extent + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
  if (x.splat === value) return k.backend.graph.splat(value, shape, x.dtype);
  const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  return k.make({ op: "Pad", inputs: [x], attributes: { pads, value, mode: "constant" }, shape, dtype: x.dtype });
}

/** ONNX knows `reflect`; `symmetric` repeats the edge and is put together from slices. */
function mirrorPad(
  k: KernelContext,
  x: Value,
  paddings: readonly [number, number][],
  mode: "reflect" | "symmetric",
): Value {
  if (mode === "reflect") {
    const shape = x.shape.map((extent, i) => extent + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
    const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    return k.make({ op: "Pad", inputs: [x], attributes: { pads, mode: "reflect" }, shape, dtype: x.dtype });
  }
  return paddings.reduce((value, [before, after], axis) => {
    const extent = value.shape[axis];
    const flipped = (start: number, stop: number): Value => {
      const piece = sliceAxis(k, value, { axis, start, stop });
      const last = stop - start - 1;
      return slice(k, piece, {
        starts: piece.shape.map((_, i) => (i === axis ? last : 0)),
        ends: piece.shape.map((e, i) => (i === axis ? -e - 1 : e)),
        steps: piece.shape.map((_, i) => (i === axis ? -1 : 1)),
      });
    };
    const parts = [
      ...(before > 0 ? [flipped(0, before)] : []),
      value,
      ...(after > 0 ? [flipped(extent - after, extent)] : []),
    ];
    return parts.length === 1 ? value : concat(k, parts, axis);
  }, x);
}
