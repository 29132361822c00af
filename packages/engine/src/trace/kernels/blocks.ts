/** @file Rearrangements in blocks, diagonals, flips and scans that are put together from simpler ops. */
import { tf, type Tensor } from "@gan-arena/core";
import { valuesNeeded } from "../../errors.js";
import { constantData, isConstant, type Value } from "../../graph/ir.js";
import { composed, kernel, type KernelContext } from "./support.js";

const { backend_util: backendUtil } = tf;

type Pads = [number, number][];

export function registerBlocks(): void {
  composed("SpaceToBatchND", ({ x }, attrs) => {
    const block = attrs["blockShape"] as number[];
    const pads: Pads = x.shape.map((_, axis) => (attrs["paddings"] as Pads)[axis - 1] ?? [0, 0]);
    const padded = tf.pad(x, axisZeroUnpadded(pads));
    const [n, ...extents] = padded.shape as [number, ...number[]];
    const cells = block.map((size, i) => extents[i] / size);
    const rest = extents.slice(block.length);
    // [N, cells, block, cells, block, …, rest] to [block…, N, cells…, rest]
    const apart = tf.reshape(padded, [n, ...block.flatMap((size, i) => [cells[i], size]), ...rest]);
    const perm = [
      ...block.map((_, i) => 2 * i + 2),
      0,
      ...block.map((_, i) => 2 * i + 1),
      ...after(rest, 2 * block.length + 1),
    ];
    return tf.reshape(tf.transpose(apart, perm), [n * product(block), ...cells, ...rest]);
  });
  composed("BatchToSpaceND", ({ x }, attrs) => {
    const block = attrs["blockShape"] as number[];
    const crops = attrs["crops"] as Pads;
    const [batch, ...extents] = x.shape as [number, ...number[]];
    const n = batch / product(block);
    const cells = extents.slice(0, block.length);
    const rest = extents.slice(block.length);
    // [block…, N, cells…, rest] to [N, cells, block, cells, block, …, rest]
    const apart = tf.reshape(x, [...block, n, ...cells, ...rest]);
    const m = block.length;
    const perm = [m, ...block.flatMap((_, i) => [m + 1 + i, i]), ...after(rest, 2 * m + 1)];
    const whole = tf.reshape(tf.transpose(apart, perm), [n, ...cells.map((cell, i) => cell * block[i]), ...rest]);
    const begin = whole.shape.map((_, axis) => crops[axis - 1]?.[0] ?? 0);
    const size = whole.shape.map((extent, axis) => extent - begin[axis] - (crops[axis - 1]?.[1] ?? 0));
    return tf.slice(whole, begin, size);
  });
  composed("Diag", ({ x }) => {
    const diagonal = tf.cast(tf.eye(x.size), "bool");
    const square = tf.where(diagonal, tf.reshape(x, [x.size, 1]), tf.zeros([1, 1], x.dtype));
    return tf.reshape(square, [...x.shape, ...x.shape]);
  });
  composed("FlipLeftRight", ({ image }) => tf.reverse(image, 2));
  composed("Cumprod", ({ x }, attrs) => {
    const { axis, exclusive, reverse } = attrs as unknown as tf.CumprodAttrs;
    return cumprod(x, { axis: tf.util.parseAxisParam(axis, x.shape)[0], exclusive, reverse });
  });
  kernel("BroadcastArgs", (k) => {
    const shape = backendUtil.assertAndGetBroadcastShape(shapeGiven(k, "s0"), shapeGiven(k, "s1"));
    return k.backend.graph.constant(Int32Array.from(shape), [shape.length], "int32");
  });
}

const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);
/** Axes that stay at the end, numbered from `first`. */
const after = (rest: readonly number[], first: number): number[] => rest.map((_, i) => first + i);
const axisZeroUnpadded = ([, ...rest]: Pads): Pads => [[0, 0], ...rest];

/** Products of ever longer runs: after round r every element holds the product of the 2^r elements up to it. */
function cumprod(
  x: Tensor,
  { axis, exclusive, reverse }: { axis: number; exclusive: boolean; reverse: boolean },
): Tensor {
  const extent = x.shape[axis];
  /** Ones come in at the side from which is counted. */
  const shifted = (y: Tensor, by: number): Tensor => {
    const begin = y.shape.map((_, i) => (i === axis && reverse ? by : 0));
    const size = y.shape.map((all, i) => (i === axis ? all - by : all));
    const pads: Pads = y.shape.map((_, i) => (i !== axis ? [0, 0] : reverse ? [0, by] : [by, 0]));
    return tf.pad(tf.slice(y, begin, size), pads, 1);
  };
  let y = exclusive && extent > 0 ? shifted(x, 1) : x;
  for (let run = 1; run < extent; run *= 2) y = tf.mul(y, shifted(y, run));
  return y === x ? tf.clone(x) : y;
}

/** An operand that says a shape must be known while tracing. */
function shapeGiven(k: KernelContext, name: string): number[] {
  const value: Value = k.input(name);
  if (!isConstant(value)) throw valuesNeeded(k.backend.graph.name, "broadcastArgs", "the shape of its result");
  return Array.from(constantData(value));
}
