/** @file Ops that move, repeat or drop elements. */
import * as tf from "@tensorflow/tfjs";
import { gradientOf } from "./registry.js";

/** Where a strided window lies along one axis of a tensor. */
interface Stride {
  readonly axis: number;
  readonly begin: number;
  readonly step: number;
  /** Extent of the whole axis. */
  readonly extent: number;
}

/**
 * Puts the slices of `x` along `axis` at begin, begin + step, … of an axis of `extent`, zeros between and around:
 * the transpose of taking every `step`-th slice.
 */
export function spread(x: tf.Tensor, { axis, begin, step, extent }: Stride): tf.Tensor {
  const n = x.shape[axis];
  const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1));
  const shape = x.shape.map((size, i) => (i === axis ? extent : size));
  if (step === 1 && begin === 0 && n === extent) return x;
  let spaced: tf.Tensor = tf.reshape(x, [outer, n, inner]);
  if (step > 1 && n > 1) {
    const gaps = tf.pad(tf.reshape(x, [outer, n, 1, inner]), [
      [0, 0],
      [0, 0],
      [0, step - 1],
      [0, 0],
    ]);
    spaced = tf.slice(tf.reshape(gaps, [outer, n * step, inner]), [0, 0, 0], [outer, (n - 1) * step + 1, inner]);
  }
  const after = extent - begin - (step > 1 ? (n - 1) * step + 1 : n);
  return tf.reshape(
    tf.pad(spaced, [
      [0, 0],
      [begin, after],
      [0, 0],
    ]),
    shape,
  );
}

/** The gradient of repeating is the sum over the repetitions. */
const tile = gradientOf<tf.TileAttrs>(tf.Tile, { inputs: ["x"] }, (dy, [x], { reps }) => ({
  x: () => {
    const interleaved: number[] = []; // [r0,d0,r1,d1,…] without the ones that change nothing
    const repeats: number[] = [];
    x.shape.forEach((extent, i) => {
      const times = reps[i];
      if (times > 1) {
        repeats.push(interleaved.length);
        interleaved.push(times);
      }
      if (extent > 1 || times === 1) interleaved.push(extent);
    });
    if (repeats.length === 0) return tf.clone(dy);
    return tf.reshape(tf.sum(tf.reshape(dy, interleaved), repeats), x.shape);
  },
}));

const stridedSlice = gradientOf<tf.StridedSliceAttrs>(tf.StridedSlice, { inputs: ["x"] }, (dy, [x], attrs) => ({
  x: () => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    const info = tf.slice_util.sliceInfo(x.shape, begin, end, strides, ...masks);
    const counts = tf.slice_util.computeOutShape(info.begin, info.end, info.strides); // dropped axes as 1
    let gradient: tf.Tensor = tf.reshape(dy, counts);
    counts.forEach((count, axis) => {
      const step = info.strides[axis];
      const first = info.begin[axis];
      const backwards = step < 0;
      if (backwards) gradient = tf.reverse(gradient, axis);
      const lowest = backwards ? first + (count - 1) * step : first;
      gradient = spread(gradient, { axis, begin: lowest, step: Math.abs(step), extent: x.shape[axis] });
    });
    return gradient;
  },
}));

/** Every mirrored element sends its gradient back to the element it shows. */
const mirrorPad = gradientOf<tf.MirrorPadAttrs>(tf.MirrorPad, { inputs: ["x"] }, (dy, [x], { paddings, mode }) => ({
  x: () => {
    const offset = mode === "reflect" ? 1 : 0;
    return paddings.reduce<tf.Tensor>(
      (gradient, [before, after], axis) => fold(gradient, { axis, before, after, offset, extent: x.shape[axis] }),
      dy,
    );
  },
}));

interface Folding {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  /** Elements between an edge and the first that is mirrored there. */
  readonly offset: number;
  /** Of the result. */
  readonly extent: number;
}

/** Adds what lies beyond the edges of an axis, mirrored, to what lies within. */
function fold(gradient: tf.Tensor, { axis, before, after, offset, extent }: Folding): tf.Tensor {
  if (before === 0 && after === 0) return gradient;
  const cut = (from: number, size: number): tf.Tensor =>
    tf.slice(
      gradient,
      at(gradient.shape, axis, from),
      gradient.shape.map((own, i) => (i === axis ? size : own)),
    );
  const mirrored = (from: number, size: number): tf.Tensor =>
    size === 1 ? cut(from, size) : tf.reverse(cut(from, size), axis);
  const [first, last] = [offset, extent - offset - after];
  if (first + before > last) {
    // The two mirrors overlap.
    const folded = [cut(before, extent)];
    const add = (from: number, size: number, begin: number): void => {
      if (size > 0) folded.push(spread(mirrored(from, size), { axis, begin, step: 1, extent }));
    };
    add(0, before, first);
    add(before + extent, after, last);
    return tf.addN(folded);
  }
  // Only what is mirrored is added; the pieces tile the axis, so that they are cut at once.
  const pieces: tf.Tensor[] = [];
  const keep = (begin: number, end: number): void => {
    if (end > begin) pieces.push(cut(before + begin, end - begin));
  };
  const add = (begin: number, from: number, size: number): void => {
    if (size > 0) pieces.push(tf.add(cut(before + begin, size), mirrored(from, size)));
  };
  keep(0, first);
  add(first, 0, before);
  keep(first + before, last);
  add(last, before + extent, after);
  keep(last + after, extent);
  return tf.concat(pieces, axis);
}

const at = (shape: readonly number[], axis: number, position: number): number[] =>
  shape.map((_, i) => (i === axis ? position : 0));

/** LIMIT: NHWC only, as the kernel on the cpu backend. */
const depthToSpace = gradientOf<tf.DepthToSpaceAttrs>(
  tf.DepthToSpace,
  { inputs: ["x"] },
  (dy, [x], { blockSize: b }) => ({
    x: () => {
      const [n, h, w, depth] = x.shape as [number, number, number, number];
      const blocks = tf.reshape(dy, [n, h, b, w, b, depth / b ** 2]);
      return tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4, 5]), x.shape);
    },
  }),
);

/** A kernel with a list of results hands over a bare tensor when the list has one element. */
const list = (dy: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(dy) ? dy : [dy]);

const splitV = gradientOf<tf.SplitVAttrs, tf.Tensor | tf.Tensor[]>(tf.SplitV, {}, (dy, _saved, { axis }) => ({
  x: () => tf.concat(list(dy), axis),
}));

const unstack = gradientOf<tf.UnpackAttrs, tf.Tensor | tf.Tensor[]>(tf.Unpack, {}, (dy, _saved, { axis }) => ({
  value: () => tf.stack(list(dy), axis),
}));

const flipLeftRight = gradientOf(tf.FlipLeftRight, {}, (dy) => ({ image: () => tf.reverse(dy, 2) }));

export const rearrangingGradients = [tile, stridedSlice, mirrorPad, depthToSpace, splitV, unstack, flipLeftRight];
