/** @file Spectral normalisation. */
import { stopGradient } from "../../tensor/ops/stop-gradient.js";
import { tf, type Tensor } from "../../tensor/tf.js";
import { badRank } from "../errors.js";
import { normalInit } from "../initializers.js";
import type { Variables } from "../scope.js";

export interface SpectralNormOptions {
  /** Default `spectralNorm`, `spectralNorm_1`, …. */
  readonly name?: string;
  /** Axis of w that counts the output units; all others are the rows of the matrix. Default the last one. */
  readonly outputAxis?: number;
  /** Steps of the power method in each call in training; there are none outside. Default 1. */
  readonly iterations?: number;
}

/**
 * w divided by its largest singular value: Miyato et al. 2018, arXiv:1802.05957, Alg. 1.
 *
 * As a matrix w is `[in * kh * kw, out]`. The state `u` `[1,out]` estimates the singular vector between calls. With
 * v = Wu / |Wu| and u = W^T v / |W^T v| taken for constants, sigma = v^T W u, and the gradient flows through W alone.
 * @param w a weight or a filter, rank 2 or more
 * @returns the shape of w
 * @throws GanError SHAPE_MISMATCH when w is no matrix
 */
export function spectralNorm(nn: Variables, w: Tensor, options: SpectralNormOptions = {}): Tensor {
  const { outputAxis = w.rank - 1, iterations = 1 } = options;
  return nn.scope(options.name ?? nn.unique("spectralNorm"), (nn) => {
    if (w.rank < 2) throw badRank(nn.path, "2 or more, […,out]", w.shape);
    const units = w.shape[outputAxis];
    const matrix = tf.reshape(lastAxis(w, outputAxis), [-1, units]); // [rows,out]
    const state = nn.state("u", [1, units], normalInit(1));

    const constant = stopGradient(matrix);
    let u = unit(state.read()); // [1,out]
    let v = unit(tf.matMul(u, constant, false, true)); // [1,rows]
    const steps = nn.training ? iterations : 0;
    for (let step = 0; step < steps; step++) {
      u = unit(tf.matMul(v, constant));
      if (step + 1 < steps) v = unit(tf.matMul(u, constant, false, true));
    }
    if (nn.training) state.write(u);
    const sigma = tf.sum(tf.mul(tf.matMul(v, matrix), u)); // scalar
    return tf.div(w, sigma);
  });
}

function lastAxis(w: Tensor, axis: number): Tensor {
  if (axis === w.rank - 1) return w;
  const others = [...w.shape.keys()].filter((i) => i !== axis);
  return tf.transpose(w, [...others, axis]);
}

/** x / |x|; the tiny summand keeps a zero vector at zero. */
const unit = (x: Tensor): Tensor => tf.mul(x, tf.rsqrt(tf.add(tf.sum(tf.square(x)), 1e-24)));
