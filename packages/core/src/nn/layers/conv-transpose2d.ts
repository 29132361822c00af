/** @file Transposed convolution. */
import { tf, type Tensor } from "../../tensor/tf.js";
import { badLayerOption } from "../errors.js";
import type { Variables } from "../scope.js";
import { checkExtents, imageShape, pairOf, type ConvolutionOptions, type Image } from "./convolution.js";
import { weightOf, withBias } from "./weights.js";

export interface ConvTranspose2dOptions extends ConvolutionOptions {
  /** Rows and columns added at the far end, less than the stride, with numeric padding only. Default 0. */
  readonly outputPadding?: number;
}

/**
 * The transpose of a convolution with a filter `[kh,kw,filters,in]`.
 *
 * Rows out: `same` H * stride; a number p (H - 1) * stride - 2p + k + outputPadding, as in PyTorch; `valid` p = 0.
 * @param x `[N,H,W,C]`
 * @returns `[N,H',W',filters]`
 * @throws GanError SHAPE_MISMATCH when x is no image; BAD_PLUGIN when an extent is not a whole number or nothing is left
 */
export function convTranspose2d(
  nn: Variables,
  x: Tensor,
  filters: number,
  options: ConvTranspose2dOptions = {},
): Tensor {
  const { kernel = 3, stride = 1, padding = "same", outputPadding = 0 } = options;
  return nn.scope(options.name ?? nn.unique("convTranspose2d"), (nn) => {
    const [n, height, width, channels] = imageShape(nn, x);
    checkExtents(nn, { kernel, stride, filters });
    checkExtents(nn, { outputPadding, ...(typeof padding === "number" ? { padding } : {}) }, 0);
    const taps = pairOf(kernel);
    const strides = pairOf(stride);
    const [rows, columns] = [height, width].map((size, i) => {
      const [k, s] = [taps[i], strides[i]];
      if (outputPadding > 0 && (typeof padding !== "number" || outputPadding >= s))
        throw badLayerOption(
          nn.path,
          `outputPadding must be less than the stride and go with numeric padding, got ${outputPadding} with stride ${s} and padding ${padding}; change one of them`,
        );
      if (padding === "same") return size * s;
      const out = (size - 1) * s - 2 * (padding === "valid" ? 0 : padding) + k + outputPadding;
      if (out < 1)
        throw badLayerOption(
          nn.path,
          `the output must have at least 1 row and column, got ${out} from ${size}; use less padding`,
        );
      return out;
    }) as [number, number];

    const shape = [...taps, filters, channels];
    const filter = weightOf(nn, { name: "filter", shape, outputAxis: 2, transposed: true }, options);
    const outShape: Image = [n, rows, columns, filters];
    const y = tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, outShape, strides, padding);
    return withBias(nn, y, options);
  });
}
