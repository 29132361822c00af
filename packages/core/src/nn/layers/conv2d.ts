/** @file Convolution. */
import { tf, type Tensor } from "../../tensor/tf.js";
import type { Variables } from "../scope.js";
import { checkExtents, imageShape, pairOf, type ConvolutionOptions, type Extent } from "./convolution.js";
import { weightOf, withBias } from "./weights.js";

export interface Conv2dOptions extends ConvolutionOptions {
  /** Distance between the taps of the filter. With a stride above 1 it must be 1. Default 1. */
  readonly dilation?: Extent;
}

/**
 * Two-dimensional convolution (a correlation, as everywhere) with a filter `[kh,kw,in,filters]`.
 *
 * With numeric padding p the output has floor((H + 2p - dilation (k - 1) - 1) / stride) + 1 rows, as in PyTorch; with
 * `same` ceil(H / stride); with `valid` p = 0.
 * @param x `[N,H,W,C]`
 * @returns `[N,H',W',filters]`
 * @throws GanError SHAPE_MISMATCH when x is no image; BAD_PLUGIN when an extent is not a whole number
 */
export function conv2d(nn: Variables, x: Tensor, filters: number, options: Conv2dOptions = {}): Tensor {
  const { kernel = 3, stride = 1, padding = "same", dilation = 1 } = options;
  return nn.scope(options.name ?? nn.unique("conv2d"), (nn) => {
    const [, , , channels] = imageShape(nn, x);
    checkExtents(nn, { kernel, stride, dilation, filters });
    if (typeof padding === "number") checkExtents(nn, { padding }, 0);
    const shape = [...pairOf(kernel), channels, filters];
    const filter = weightOf(nn, { name: "filter", shape, outputAxis: 3 }, options);
    const strides = pairOf(stride);
    const y = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, padding, "NHWC", pairOf(dilation));
    return withBias(nn, y, options);
  });
}
