/** @file Reductions over axes. Their gradients are broadcast, never multiplied by a tensor of ones. */
import * as tf from "@tensorflow/tfjs";
import { detached, gradientOf } from "./registry.js";

type Axis = number | number[] | null | undefined;

const axesOf = (axis: Axis, shape: number[]): number[] => tf.util.parseAxisParam(axis ?? shape.map((_, i) => i), shape);

/** `value` with the reduced axes of `shape` put back as ones. */
const keepingDims = (value: tf.Tensor, shape: number[], axis: Axis): tf.Tensor => {
  const axes = axesOf(axis, shape);
  return tf.reshape(
    value,
    shape.map((extent, i) => (axes.includes(i) ? 1 : extent)),
  );
};

const countOf = (shape: number[], axis: Axis): number => axesOf(axis, shape).reduce((count, i) => count * shape[i], 1);

const sum = gradientOf<{ axis: Axis }>(tf.Sum, { inputs: ["x"] }, (dy, [x], { axis }) => ({
  x: () => tf.broadcastTo(keepingDims(dy, x.shape, axis), x.shape),
}));

const mean = gradientOf<{ axis: Axis }>(tf.Mean, { inputs: ["x"] }, (dy, [x], { axis }) => ({
  x: () => {
    const share = tf.mul(keepingDims(dy, x.shape, axis), 1 / countOf(x.shape, axis));
    return tf.broadcastTo(share, x.shape);
  },
}));

/** Elements that tie share the gradient equally. */
const extremum = (kernelName: string, axisOf: (attrs: Record<string, Axis>) => Axis): tf.GradConfig =>
  gradientOf<Record<string, Axis>>(kernelName, { inputs: ["x"], output: true }, (dy, [x, y], attrs) => ({
    x: () => {
      const axis = axisOf(attrs);
      const share = detached(() => {
        const hits = tf.cast(tf.equal(x, keepingDims(y, x.shape, axis)), "float32");
        return tf.div(hits, tf.sum(hits, axesOf(axis, x.shape), true));
      });
      return tf.mul(share, keepingDims(dy, x.shape, axis));
    },
  }));

/**
 * d prod(x) / dx_i = prod of all others, written as n products of rows of which one element each is replaced by 1:
 * exact with zeros among the x, and differentiable to any order. Takes n^2 memory for n factors.
 */
const prod = gradientOf<{ axis: Axis }>(tf.Prod, { inputs: ["x"] }, (dy, [x], { axis }) => ({
  x: () => {
    const axes = axesOf(axis, x.shape);
    const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const perm = [...kept, ...axes];
    const n = countOf(x.shape, axes);
    const rows = x.size / n;
    const factors = tf.reshape(tf.transpose(x, perm), [rows, 1, n]);
    const diagonal = tf.eye(n);
    const others = tf.add(tf.mul(factors, tf.sub(1, diagonal)), diagonal); // [rows,n,n]
    const gradient = tf.mul(tf.prod(others, 2), tf.reshape(dy, [rows, 1])); // [rows,n]
    const moved = tf.reshape(
      gradient,
      perm.map((i) => x.shape[i]),
    );
    return tf.transpose(moved, tf.backend_util.getUndoAxesPermutation(perm));
  },
}));

const cumsum = gradientOf<tf.CumsumAttrs>(tf.Cumsum, {}, (dy, _saved, { axis, exclusive, reverse }) => ({
  x: () => tf.cumsum(dy, axis, exclusive, !reverse),
}));

/**
 * y_i = x_0 … x_i, so d y_i / d x_j = the same product with x_j replaced by 1, for i >= j: n rows of which one element each
 * is 1, their running products, weighted by dy. Exact with zeros, and differentiable to any order; takes n^2 memory.
 */
const cumprod = gradientOf<tf.CumprodAttrs>(tf.Cumprod, { inputs: ["x"] }, (dy, [x], { axis, exclusive, reverse }) => ({
  x: () => {
    const [along] = axesOf(axis, x.shape);
    const n = x.shape[along];
    const perm = [...x.shape.keys()].filter((i) => i !== along).concat(along);
    const rows = (value: tf.Tensor): tf.Tensor => tf.reshape(tf.transpose(value, perm), [x.size / n, 1, n]);
    const diagonal = tf.eye(n);
    const others = tf.add(tf.mul(rows(x), tf.sub(1, diagonal)), diagonal); // [rows,n,n]: x_j replaced in row j
    const products = tf.cumprod(others, 2, exclusive, reverse);
    const reached = tf.tensor2d(
      Array.from({ length: n }, (_, j) =>
        Array.from({ length: n }, (__, i) =>
          Number(reverse ? i < j || (i === j && !exclusive) : i > j || (i === j && !exclusive)),
        ),
      ),
      [n, n],
    );
    const gradient = tf.sum(tf.mul(tf.mul(products, reached), rows(dy)), 2); // [rows,n]
    const moved = tf.reshape(
      gradient,
      perm.map((i) => x.shape[i]),
    );
    return tf.transpose(moved, tf.backend_util.getUndoAxesPermutation(perm));
  },
}));

export const reductionGradients = [
  sum,
  mean,
  extremum(tf.Max, (attrs) => attrs["reductionIndices"]),
  extremum(tf.Min, (attrs) => attrs["axis"]),
  prod,
  cumsum,
  cumprod,
];
