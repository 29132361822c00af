/** @file Layer normalisation. */
import type { Tensor } from "../../tensor/tf.js";
import { badRank } from "../errors.js";
import type { Variables } from "../scope.js";
import { moments, normalize, type NormOptions } from "./normalization.js";

export type LayerNormOptions = NormOptions;

/**
 * Normalises each sample over all its other axes: Ba et al. 2016, arXiv:1607.06450, Eq. 3. Scale and shift are one number
 * for each channel. WGAN-GP's choice for critics, because it does not couple the samples.
 *
 * @param x `[N,…,C]`, rank 2 or more
 * @returns the shape of x
 * @throws GanError SHAPE_MISMATCH when x has no batch axis
 */
export function layerNorm(nn: Variables, x: Tensor, options: LayerNormOptions = {}): Tensor {
  return nn.scope(options.name ?? nn.unique("layerNorm"), (nn) => {
    if (x.rank < 2) throw badRank(nn.path, "2 or more, [N,…,C]", x.shape);
    const features = [...x.shape.keys()].slice(1);
    return normalize(nn, x, moments(x, features), options); // moments [N,1,…,1]
  });
}
