/**
 * @file Image resizing. Both ways are linear and separable, Y = A_h X A_w^T for each channel, so the gradient is
 * A_h^T dY A_w: two matrix products, which have gradients of every order. The matrices follow from the sizes alone.
 */
import * as tf from "@tensorflow/tfjs";
import { gradientOf } from "./registry.js";

interface ResizeAttrs {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: [number, number];
}

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly attrs: ResizeAttrs;
}

const ratio = ({ from, to, attrs }: Axis): number => (attrs.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);

/** Adds the weights of output `i` to its row, as the kernels of TensorFlow.js sample. */
type Sampling = (row: Float32Array, i: number, axis: Axis) => void;

const bilinear: Sampling = (row, i, axis) => {
  const source = axis.attrs.halfPixelCenters ? ratio(axis) * (i + 0.5) - 0.5 : ratio(axis) * i;
  const low = Math.max(0, Math.floor(source));
  const high = Math.min(axis.from - 1, Math.ceil(source));
  row[low] += 1 - (source - low);
  row[high] += source - low;
};

const nearest: Sampling = (row, i, axis) => {
  const source = ratio(axis) * (axis.attrs.halfPixelCenters ? i + 0.5 : i);
  const chosen = axis.attrs.alignCorners ? Math.round(source) : Math.floor(source);
  row[Math.max(0, Math.min(axis.from - 1, chosen))] += 1;
};

/** A^T, of shape `[from,to]`. */
function transposedMatrix(axis: Axis, sample: Sampling): tf.Tensor {
  const values = new Float32Array(axis.from * axis.to);
  const row = new Float32Array(axis.from);
  for (let i = 0; i < axis.to; i++) {
    sample(row.fill(0), i, axis);
    row.forEach((weight, j) => (values[j * axis.to + i] = weight));
  }
  return tf.tensor2d(values, [axis.from, axis.to]);
}

function resizeGradient(dy: tf.Tensor, shape: number[], attrs: ResizeAttrs, sample: Sampling): tf.Tensor {
  const [n, height, width, channels] = shape as [number, number, number, number];
  const [rows, columns] = [dy.shape[1]!, dy.shape[2]!];
  const fold = (flat: tf.Tensor, axis: Axis): tf.Tensor => tf.matMul(transposedMatrix(axis, sample), flat);
  const byRow = tf.reshape(tf.transpose(dy, [1, 0, 2, 3]), [rows, n * columns * channels]);
  const folded = tf.reshape(fold(byRow, { from: height, to: rows, attrs }), [height, n, columns, channels]);
  const byColumn = tf.reshape(tf.transpose(folded, [2, 1, 0, 3]), [columns, n * height * channels]);
  const both = tf.reshape(fold(byColumn, { from: width, to: columns, attrs }), [width, n, height, channels]);
  return tf.transpose(both, [1, 2, 0, 3]);
}

const resizeBilinear = gradientOf<ResizeAttrs>(tf.ResizeBilinear, { inputs: ["images"] }, (dy, [images], attrs) => ({
  images: () => resizeGradient(dy, images.shape, attrs, bilinear),
}));

/** Enlarging by whole factors repeats pixels; its gradient is the sum over each block. */
const resizeNearest = gradientOf<ResizeAttrs>(
  tf.ResizeNearestNeighbor,
  { inputs: ["images"] },
  (dy, [images], attrs) => ({
    images: () => {
      const [n, h, w, c] = images.shape as [number, number, number, number];
      const [rows, columns] = attrs.size;
      if (attrs.alignCorners || rows % h !== 0 || columns % w !== 0)
        return resizeGradient(dy, images.shape, attrs, nearest);
      const blocks = tf.reshape(dy, [n * h, rows / h, w, columns / w, c]);
      return tf.reshape(tf.sum(blocks, [1, 3]), images.shape);
    },
  }),
);

export const resizingGradients = [resizeBilinear, resizeNearest];
