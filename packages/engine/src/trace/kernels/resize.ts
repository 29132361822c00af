/**
 * @file Resizing, as gathers along rows and columns with indices that are known while tracing.
 *
 * The sampling positions are those of TensorFlow.js: `(i + 0.5) * scale - 0.5` with half-pixel centres, else `i * scale`.
 */
import type { Value } from "../../graph/ir.js";
import { gatherAxis } from "./indexing.js";
import { binary } from "./pointwise.js";
import { kernel, type KernelContext } from "./support.js";

interface Resize {
  readonly size: readonly [number, number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export function registerResize(): void {
  kernel("ResizeNearestNeighbor", (k) => {
    const resize = attributesOf(k);
    return [1, 2].reduce((x, axis) => nearest(k, x, { axis, resize }), k.input("images"));
  });
  kernel("ResizeBilinear", (k) => {
    const resize = attributesOf(k);
    return [1, 2].reduce((x, axis) => linear(k, x, { axis, resize }), k.input("images"));
  });
}

const attributesOf = (k: KernelContext): Resize => ({
  size: k.attrs["size"] as [number, number],
  alignCorners: k.attrs["alignCorners"] as boolean,
  halfPixelCenters: k.attrs["halfPixelCenters"] as boolean,
});

interface AxisResize {
  readonly axis: number;
  readonly resize: Resize;
}

/** Where each output row or column looks in the input, unrounded. */
function positions(x: Value, { axis, resize }: AxisResize): number[] {
  const input = x.shape[axis];
  const output = resize.size[axis - 1];
  const aligned = resize.alignCorners && output > 1;
  const scale = aligned ? (input - 1) / (output - 1) : input / output;
  return Array.from({ length: output }, (_, i) => (resize.halfPixelCenters ? (i + 0.5) * scale - 0.5 : i * scale));
}

const rows = (k: KernelContext, x: Value, { axis, at }: { axis: number; at: readonly number[] }): Value =>
  at.length === x.shape[axis] && at.every((row, i) => row === i)
    ? x
    : gatherAxis(k, x, { indices: k.backend.graph.constant(Int32Array.from(at), [at.length], "int32"), axis });

function nearest(k: KernelContext, x: Value, request: AxisResize): Value {
  const { axis, resize } = request;
  const last = x.shape[axis] - 1;
  const at = positions(x, request).map((position) => {
    // With half-pixel centres TensorFlow.js takes the floor of the centre, not of the corner.
    const centre = resize.halfPixelCenters ? position + 0.5 : position;
    return Math.max(0, Math.min(last, resize.alignCorners ? Math.round(centre) : Math.floor(centre)));
  });
  return rows(k, x, { axis, at });
}

function linear(k: KernelContext, x: Value, request: AxisResize): Value {
  const { axis } = request;
  const last = x.shape[axis] - 1;
  const place = positions(x, request);
  const lower = place.map((position) => Math.max(0, Math.floor(position)));
  const upper = place.map((position) => Math.min(last, Math.ceil(position)));
  const share = place.map((position, i) => position - lower[i]);
  const shape = x.shape.map((_, i) => (i === axis ? place.length : 1));
  const weight = k.backend.graph.constant(Float32Array.from(share), shape, "float32");
  const low = rows(k, x, { axis, at: lower });
  const high = rows(k, x, { axis, at: upper });
  return binary(k, "Add", low, binary(k, "Mul", binary(k, "Sub", high, low), weight));
}
