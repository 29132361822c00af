/** @file How labels enter G and D: Miyato and Koyama 2018, arXiv:1802.05637. */
import { tf, type Tensor } from "../../tensor/tf.js";
import { normalInit, ones, zeros, type Initializer } from "../initializers.js";
import type { Scope } from "../scope.js";

export interface LabelOptions {
  /** Labels int32 `[N]`, whole numbers in [0,classes). */
  readonly c: Tensor;
  readonly classes: number;
}

/**
 * Batch normalisation with a scale and a shift for each label and channel: Sec. 4, after Dumoulin et al. 2017,
 * arXiv:1610.07629, Eq. 5. The statistics are those of all labels together.
 *
 * @param x `[N,H,W,C]`
 * @param options.scaleInit how the scales of every label begin; default 1
 * @returns the shape of x
 */
export function conditionalBatchNorm(
  nn: Scope,
  x: Tensor,
  { c, classes, scaleInit = ones }: LabelOptions & { readonly scaleInit?: Initializer },
): Tensor {
  return nn.scope(nn.unique("conditionalBatchNorm"), (nn) => {
    const units = x.shape.at(-1) as number;
    const perPlace = (name: string, init: Initializer): Tensor =>
      tf.reshape(nn.embedding(c, { size: classes, units, name, init }), [-1, 1, 1, units]); // [N,1,1,C]
    const normalized = nn.batchNorm(x, { scale: false, shift: false, name: "norm" });
    return tf.add(tf.mul(normalized, perPlace("scale", scaleInit)), perPlace("shift", zeros));
  });
}

/**
 * The part of a projection discriminator's score that depends on the label, to be added to the other one:
 *
 *     y^T V phi(x)              Eq. 3 and Fig. 1d: a vector v_c for each label c, and the features summed over all places
 *
 * @param features phi before the sum, `[N,H,W,C]`
 * @returns `[N,1]`
 */
export function projection(nn: Scope, features: Tensor, { c, classes }: LabelOptions): Tensor {
  const phi = tf.sum(features, [1, 2]); // [N,C]
  const units = phi.shape[1] as number;
  const v = nn.embedding(c, { size: classes, units, name: "projection", init: normalInit(0.02) }); // [N,C]
  return tf.sum(tf.mul(v, phi), 1, true);
}
