/** @file Batch normalisation. */
import { sizeOf } from "../../contracts/tensors.js";
import { tf, type Tensor } from "../../tensor/tf.js";
import { lerp } from "../../tensor/ops/lerp.js";
import { badRank } from "../errors.js";
import { ones, zeros } from "../initializers.js";
import type { Variables } from "../scope.js";
import { moments, normalize, type NormOptions } from "./normalization.js";

export interface BatchNormOptions extends NormOptions {
  /** Share of the running statistics that is kept at each update; 1 minus PyTorch's momentum. Default 0.9. */
  readonly momentum?: number;
}

/**
 * Normalises each channel over the batch and all places: Ioffe and Szegedy 2015, arXiv:1502.03167, Alg. 1.
 *
 * In training with the batch's mean and biased variance; the states `mean` and `variance` then move towards them by
 * 1 - momentum, with the unbiased variance, as in PyTorch. Else with the states.
 * @param x `[N,…,C]`, rank 2 or more
 * @returns the shape of x
 * @throws GanError SHAPE_MISMATCH when x has no batch axis
 */
export function batchNorm(nn: Variables, x: Tensor, options: BatchNormOptions = {}): Tensor {
  const { momentum = 0.9 } = options;
  return nn.scope(options.name ?? nn.unique("batchNorm"), (nn) => {
    if (x.rank < 2) throw badRank(nn.path, "2 or more, [N,…,C]", x.shape);
    const channels = x.shape.slice(-1);
    const runningMean = nn.state("mean", channels, zeros);
    const runningVariance = nn.state("variance", channels, ones);
    if (!nn.training) return normalize(nn, x, { mean: runningMean.read(), variance: runningVariance.read() }, options);

    const outer = x.shape.slice(0, -1);
    const batch = moments(x, [...outer.keys()]); // [1,…,1,C]
    const mean = tf.reshape(batch.mean, channels);
    const variance = tf.reshape(batch.variance, channels);
    const n = sizeOf(outer);
    const unbiased = n > 1 ? tf.mul(variance, n / (n - 1)) : variance;
    runningMean.write(lerp(runningMean.read(), mean, 1 - momentum));
    runningVariance.write(lerp(runningVariance.read(), unbiased, 1 - momentum));
    return normalize(nn, x, { mean, variance }, options);
  });
}
