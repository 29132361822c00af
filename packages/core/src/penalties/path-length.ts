/** @file Path length regularisation of a generator: Karras et al. 2020 (StyleGAN2), arXiv:1912.04958, Sec. 3.2 and App. B. */
import { optionOutOfRange, shapeMismatch } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { inputGradient, ROOT_EPSILON } from "./input-gradient.js";

export interface PathLengthInputs {
  /** y ~ N(0, I) of the shape of the images, drawn by the phase. */
  readonly noise: Tensor;
  /** Running mean of the lengths, a in Eq. 4: scalar, from the phase's memory, 0 at first. */
  readonly mean: Tensor;
  /** Weight of this batch in the new mean; default 0.01. A scalar tensor when it changes from play to play. */
  readonly decay?: number | Tensor;
}

export interface PathLengthResult {
  /** Scalar >= 0, not weighted (gamma_pl is applied by the caller). */
  readonly penalty: Tensor;
  /** The new running mean a, to be remembered. */
  readonly mean: Tensor;
  /** Mean length in this batch, to be logged. */
  readonly length: Tensor;
}

/**
 * Rewards a mapping in which a step in w of fixed size changes the image by a fixed amount, whatever the direction.
 *
 *     E_{w, y ~ N(0,I)} (||J_w^T y|| - a)^2,   J_w^T y = d(g(w) . y)/dw        Eq. 4
 *
 * Conventions of the authors' code: y is divided by sqrt(H W), so that lengths do not grow with the resolution; with one w
 * per layer the squares are summed over the components and averaged over the layers; a is updated first,
 * a' = a + decay * (E length - a), and the penalty uses a' with its gradient. 1e-12 is added under the root.
 *
 * @param G synthesis network: w to images `[N,H,W,C]` (or points `[N,dim]`, then y is not divided)
 * @param w `[N,wDim]` or `[N,layers,wDim]`
 * @throws GanError SHAPE_MISMATCH when noise has not the shape of the images or w not one of these; BAD_PLUGIN when the
 *   images do not depend on w; BAD_CONFIG when decay is outside (0,1]
 */
export function pathLength(
  G: (w: Tensor) => Tensor,
  w: Tensor,
  { noise, mean, decay = 0.01 }: PathLengthInputs,
): PathLengthResult {
  if (typeof decay === "number" && !(decay > 0 && decay <= 1))
    throw optionOutOfRange("penalty/pathLength", "decay", "in (0,1]", decay);
  if (w.rank !== 2 && w.rank !== 3)
    throw shapeMismatch("penalty/pathLength", "w", "[N,wDim] or [N,layers,wDim]", w.shape, "pass the mapped latents");
  const pixels = noise.shape.slice(1, -1).reduce((product, extent) => product * extent, 1);
  const y = tf.div(noise, Math.sqrt(pixels));
  const projection = (latents: Tensor): Tensor => {
    const images = G(latents);
    if (images.shape.length !== y.shape.length || images.shape.some((extent, i) => extent !== y.shape[i]))
      throw shapeMismatch(
        "penalty/pathLength",
        "noise",
        `of the images' shape [${images.shape.join(",")}]`,
        y.shape,
        "draw it with normal() of that shape",
      );
    return tf.mul(images, y);
  };
  const squares = tf.sum(tf.square(inputGradient("pathLength", projection, w)), -1); // [N] or [N,layers]
  const perSample = squares.rank === 2 ? tf.mean(squares, 1) : squares; // [N]
  const lengths = tf.sqrt(tf.add(perSample, ROOT_EPSILON));
  const length = tf.mean(lengths);
  const newMean = tf.add(mean, tf.mul(decay, tf.sub(length, mean)));
  return { penalty: tf.mean(tf.square(tf.sub(lengths, newMean))), mean: newMean, length };
}
