/**
 * @file Depthwise convolutions. A filter `[kh,kw,C,M]` makes M channels of each: that is a filter `[kh,kw,C M,1]` on channels
 * that are repeated M times, so the graph knows one output channel for each input channel only.
 */
import { tf, type Tensor } from "@gan-arena/core";
import type { Value } from "../../graph/ir.js";
import { geometry, imageInput, imageResult, type Image } from "./convolution.js";
import { reduce } from "./reduce.js";
import { expand, reshape } from "./shape.js";
import { composed, kernel, type KernelContext } from "./support.js";

export function registerDepthwise(): void {
  kernel("DepthwiseConv2dNative", (k) => {
    const [x, filter] = [imageInput(k, "x"), k.input("filter")];
    const { attributes, outShape } = geometry(k, x.shape, filter.shape, true);
    const inputs = [repeatChannels(k, x, filter.shape[3]), single(k, filter)];
    return imageResult(k, k.make({ op: "DepthwiseConv", inputs, attributes, shape: outShape }));
  });
  kernel("DepthwiseConv2dNativeBackpropInput", (k) => {
    const [dy, filter] = [imageInput(k, "dy"), k.input("filter")];
    const inputShape = k.attrs["inputShape"] as Image;
    const [n, h, w, channels] = inputShape;
    const multiplier = filter.shape[3];
    const { attributes } = geometry(k, inputShape, filter.shape, true);
    const shape = [n, h, w, channels * multiplier];
    const repeated = k.make({ op: "DepthwiseConvInputGrad", inputs: [dy, single(k, filter)], attributes, shape });
    if (multiplier === 1) return repeated;
    const apart = reshape(k, repeated, [n, h, w, channels, multiplier]);
    return reduce(k, "ReduceSum", apart, { axes: [4], keepDims: false });
  });
  composed("DepthwiseConv2dNativeBackpropFilter", ({ x, dy }, attrs) => {
    const filterShape = attrs["filterShape"] as Image;
    const multiplier = filterShape[3];
    const [n, h, w, c] = x.shape as Image;
    const repeated = tf.reshape(tf.tile(tf.reshape(x, [n, h, w, c, 1]), [1, 1, 1, 1, multiplier]), [
      n,
      h,
      w,
      c * multiplier,
    ]);
    return filterGradient(repeated, dy, { ...attrs, filterShape });
  });
}

interface FilterGradientAttrs {
  readonly filterShape: Image;
  readonly strides?: unknown;
  readonly dilations?: unknown;
  readonly pad?: unknown;
  readonly dimRoundingMode?: unknown;
}

/** For each tap the sum over images and places of what it sees of x, times dy. @param x channels repeated */
function filterGradient(x: Tensor, dy: Tensor, attrs: FilterGradientAttrs): Tensor {
  const [kh, kw, c, multiplier] = attrs.filterShape;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as Image, [kh, kw, c * multiplier, 1], attrs.strides as number, (attrs.dilations as number | undefined) ?? 1,
    attrs.pad as number, attrs.dimRoundingMode as "floor" | undefined, true,
  ); // prettier-ignore
  const { top, bottom, left, right } = info.padInfo;
  const padded = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]); // prettier-ignore
  const [n, height, width, channels] = padded.shape as Image;
  const { strideHeight, strideWidth } = info;
  const taps = Array.from({ length: kh * kw }, (_, tap) => {
    const row = Math.floor(tap / kw) * info.dilationHeight;
    const column = (tap % kw) * info.dilationWidth;
    const end = [
      n,
      Math.min(height, row + (info.outHeight - 1) * strideHeight + 1),
      Math.min(width, column + (info.outWidth - 1) * strideWidth + 1),
      channels,
    ];
    const seen = tf.stridedSlice(padded, [0, row, column, 0], end, [1, strideHeight, strideWidth, 1]);
    return tf.sum(tf.mul(seen, dy), [0, 1, 2]); // [C M]
  });
  return tf.reshape(tf.stack(taps), attrs.filterShape);
}

/** `[kh,kw,C,M]` as `[kh,kw,C M,1]`. */
const single = (k: KernelContext, filter: Value): Value => {
  const [kh, kw, c, multiplier] = filter.shape as Image;
  return reshape(k, filter, [kh, kw, c * multiplier, 1]);
};

/** Each channel `times` times in a row. */
function repeatChannels(k: KernelContext, x: Value, times: number): Value {
  if (times === 1) return x;
  const [n, h, w, c] = x.shape as Image;
  return reshape(k, expand(k, reshape(k, x, [n, h, w, c, 1]), [n, h, w, c, times]), [n, h, w, c * times]);
}
