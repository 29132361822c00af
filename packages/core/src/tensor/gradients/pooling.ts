/**
 * @file Pooling. Gradients are sums over the taps of the window, built of slices, pads and products, so that they have
 * gradients themselves and every backend has their kernels.
 */
import * as tf from "@tensorflow/tfjs";
import { detached, gradientOf } from "./registry.js";
import { spread } from "./rearranging.js";

type PoolInfo = tf.backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

/** Smaller than any float32: a padded place never wins. */
const LOWEST = -3.4028234663852886e38;

function poolInfo(x: tf.Tensor, { filterSize, strides, pad, dimRoundingMode }: tf.MaxPoolAttrs): PoolInfo {
  return tf.backend_util.computePool2DInfo(x.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
}

const paddedShape = ({ inShape: [n, h, w, c], padInfo }: PoolInfo): Shape4D => [
  n,
  h + padInfo.top + padInfo.bottom,
  w + padInfo.left + padInfo.right,
  c,
];

/** Positions of the window, row by row. */
function taps(info: PoolInfo): (readonly [number, number])[] {
  const { filterHeight, filterWidth } = info;
  return Array.from(
    { length: filterHeight * filterWidth },
    (_, k) => [Math.floor(k / filterWidth), k % filterWidth] as const,
  );
}

/** Adds up what each tap of each window sends to the input. @param parts one `[N,h,w,C]` for each tap */
function gatherTaps(parts: readonly tf.Tensor[], info: PoolInfo): tf.Tensor {
  const [, height, width] = paddedShape(info);
  const placed = taps(info).map(([row, column], k) => {
    const rows = spread(parts[k], { axis: 1, begin: row, step: info.strideHeight, extent: height });
    return spread(rows, { axis: 2, begin: column, step: info.strideWidth, extent: width });
  });
  const total = placed.length === 1 ? placed[0] : tf.addN(placed);
  return tf.slice(total, [0, info.padInfo.top, info.padInfo.left, 0], info.inShape);
}

/** How many places of each window lie inside the input, as `[1,h,w,1]`: padding is not counted by the mean. */
function insideCounts(info: PoolInfo): number[][][][] {
  const along = (
    outputs: number,
    geometry: { stride: number; before: number; size: number; extent: number },
  ): number[] =>
    Array.from({ length: outputs }, (_, i) => {
      const start = i * geometry.stride - geometry.before;
      return Math.min(start + geometry.size, geometry.extent) - Math.max(start, 0);
    });
  const { padInfo, inHeight, inWidth, strideHeight, strideWidth, filterHeight, filterWidth } = info;
  const rows = along(info.outHeight, {
    stride: strideHeight,
    before: padInfo.top,
    size: filterHeight,
    extent: inHeight,
  });
  const columns = along(info.outWidth, {
    stride: strideWidth,
    before: padInfo.left,
    size: filterWidth,
    extent: inWidth,
  });
  return [rows.map((row) => columns.map((column) => [row * column]))];
}

/** Windows that tile the input exactly: the gradient is a repetition. */
const tiles = (info: PoolInfo): boolean =>
  info.strideHeight === info.filterHeight &&
  info.strideWidth === info.filterWidth &&
  info.outHeight * info.strideHeight === info.inHeight &&
  info.outWidth * info.strideWidth === info.inWidth &&
  info.padInfo.top + info.padInfo.bottom + info.padInfo.left + info.padInfo.right === 0;

const avgPool = gradientOf<tf.MaxPoolAttrs>(tf.AvgPool, { inputs: ["x"] }, (dy, [x], attrs) => ({
  x: () => {
    const info = poolInfo(x, attrs);
    const { filterHeight: kh, filterWidth: kw, outHeight: h, outWidth: w, batchSize: n, outChannels: c } = info;
    if (tiles(info)) {
      const share = tf.reshape(tf.mul(dy, 1 / (kh * kw)), [n * h, 1, w, 1, c]);
      return tf.reshape(tf.tile(share, [1, kh, 1, kw, 1]), info.inShape);
    }
    const share = tf.div(dy, tf.tensor4d(insideCounts(info)));
    const parts = taps(info).map(() => share);
    return gatherTaps(parts, info);
  },
}));

/** Places that tie for the maximum share the gradient equally. */
const maxPool = gradientOf<tf.MaxPoolAttrs>(tf.MaxPool, { inputs: ["x"], output: true }, (dy, [x, y], attrs) => ({
  x: () => {
    const info = poolInfo(x, attrs);
    const shares = tf.unstack(detached(() => winners(x, y, info))); // one [N,h,w,C] for each tap
    const parts = shares.map((share) => tf.mul(dy, share));
    return gatherTaps(parts, info);
  },
}));

/** For each tap 1 where it holds the maximum of its window, divided by the number of such taps, `[taps,N,h,w,C]`. */
function winners(x: tf.Tensor, y: tf.Tensor, info: PoolInfo): tf.Tensor {
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = info;
  const around: [number, number][] = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  const padded = tf.pad(x, around, LOWEST);
  const [n, , , c] = padded.shape as Shape4D;
  const hits = taps(info).map(([row, column]) => {
    const end = [n, row + (outHeight - 1) * strideHeight + 1, column + (outWidth - 1) * strideWidth + 1, c];
    const window = tf.stridedSlice(padded, [0, row, column, 0], end, [1, strideHeight, strideWidth, 1]);
    return tf.cast(tf.equal(window, y), "float32");
  });
  const stacked = tf.stack(hits);
  return tf.div(stacked, tf.sum(stacked, 0, true));
}

export const poolingGradients = [avgPool, maxPool];
