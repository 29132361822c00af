/** @file Pooling and dilation in two dimensions. */
import { tf, type Tensor } from "@gan-arena/core";
import type { Image } from "./convolution.js";
import { composed, kernel } from "./support.js";

const { backend_util: backendUtil } = tf;

type Pair = [number, number];
type PoolInfo = tf.backend_util.Conv2DInfo;

/** Smaller than any float32: a padded place never wins. */
const LOWEST = -3.4028234663852886e38;

export function registerPooling(): void {
  for (const [name, op] of [
    ["MaxPool", "MaxPool"],
    ["AvgPool", "AveragePool"],
  ] as const)
    kernel(name, (k) => {
      const x = k.input("x");
      const info = poolInfo(x.shape, k.attrs);
      const { top, left, bottom, right } = info.padInfo;
      const attributes = {
        kernel: [info.filterHeight, info.filterWidth],
        strides: [info.strideHeight, info.strideWidth],
        pads: [top, left, bottom, right],
      };
      return k.make({ op, inputs: [x], attributes, shape: info.outShape });
    });
  composed("MaxPoolWithArgmax", ({ x }, attrs) => {
    const info = poolInfo(x.shape, attrs);
    const seen = windowsOf(x, info); // [taps,N,h,w,C]
    const windows = tf.where(tf.isNaN(seen), tf.fill(seen.shape, LOWEST), seen); // NaN is passed over
    const places = tf.tensor(placesOf(info, attrs["includeBatchInIndex"] === true), windows.shape, "int32");
    const numbers = tf.reshape(tf.range(0, windows.shape[0], 1, "int32"), [-1, 1, 1, 1, 1]);
    const winner = tf.equal(tf.expandDims(tf.argMax(windows, 0), 0), numbers);
    return [tf.max(windows, 0), tf.sum(tf.mul(places, tf.cast(winner, "int32")), 0)];
  });
  composed("Dilation2D", ({ x, filter }, attrs) => {
    const { strides, pad, dilations } = attrs as unknown as tf.Dilation2DAttrs;
    const info = backendUtil.computeDilation2DInfo(
      x.shape as Image, filter.shape as [number, number, number], strides, pad, "NHWC", dilations,
    ); // prettier-ignore
    const taps = tf.reshape(filter, [-1, 1, 1, 1, info.inChannels]); // against [taps,N,h,w,C]
    return tf.max(tf.add(windowsOf(x, info), taps), 0);
  });
}

function poolInfo(shape: readonly number[], attrs: Readonly<Record<string, unknown>>): PoolInfo {
  return backendUtil.computePool2DInfo(
    shape as Image, attrs["filterSize"] as Pair, attrs["strides"] as Pair, 1,
    attrs["pad"] as number, attrs["dimRoundingMode"] as "floor" | undefined,
  ); // prettier-ignore
}

/** What each place of the window sees, first row first. */
function windowsOf(x: Tensor, info: PoolInfo): Tensor {
  const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth, outHeight, outWidth } = info;
  const { dilationHeight, dilationWidth } = info;
  const padded = tf.pad(x, [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]], LOWEST); // prettier-ignore
  const [n, , , c] = padded.shape as Image;
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const [row, column] = [Math.floor(tap / filterWidth) * dilationHeight, (tap % filterWidth) * dilationWidth];
    const end = [n, row + (outHeight - 1) * strideHeight + 1, column + (outWidth - 1) * strideWidth + 1, c];
    return tf.stridedSlice(padded, [0, row, column, 0], end, [1, strideHeight, strideWidth, 1]);
  });
  return tf.stack(taps);
}

/** The flat index in the image of what each place of each window sees, in the order of {@link windowsOf}. */
function placesOf(info: PoolInfo, withBatch: boolean): Int32Array {
  const { padInfo, strideHeight, strideWidth, filterHeight, filterWidth, outHeight, outWidth, inHeight, inWidth } =
    info;
  const { batchSize, inChannels } = info;
  const places: number[] = [];
  for (let tap = 0; tap < filterHeight * filterWidth; tap++)
    for (let n = 0; n < batchSize; n++)
      for (let i = 0; i < outHeight; i++)
        for (let j = 0; j < outWidth; j++) {
          const row = i * strideHeight - padInfo.top + Math.floor(tap / filterWidth);
          const column = j * strideWidth - padInfo.left + (tap % filterWidth);
          const pixel = ((withBatch ? n * inHeight : 0) + row) * inWidth + column;
          for (let c = 0; c < inChannels; c++) places.push(pixel * inChannels + c);
        }
  return Int32Array.from(places);
}
