/** @file Instance normalisation. */
import type { Tensor } from "../../tensor/tf.js";
import type { Variables } from "../scope.js";
import { imageShape } from "./convolution.js";
import { moments, normalize, type NormOptions } from "./normalization.js";

export type InstanceNormOptions = NormOptions;

/**
 * Normalises each channel of each sample over its places: Ulyanov et al. 2016, arXiv:1607.08022, Eq. 4.
 *
 * @param x `[N,H,W,C]`
 * @returns the shape of x
 * @throws GanError SHAPE_MISMATCH when x is no image
 */
export function instanceNorm(nn: Variables, x: Tensor, options: InstanceNormOptions = {}): Tensor {
  return nn.scope(options.name ?? nn.unique("instanceNorm"), (nn) => {
    imageShape(nn, x);
    return normalize(nn, x, moments(x, [1, 2]), options); // moments [N,1,1,C]
  });
}
