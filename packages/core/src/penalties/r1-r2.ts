/** @file Zero-centred penalties on one side of the game: Mescheder, Geiger, Nowozin 2018, arXiv:1801.04406, Eq. 9 and 10. */
import { optionOutOfRange } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { inputGradient, squaredNorms, type Critic } from "./input-gradient.js";

export interface ZeroCentredOptions {
  /** gamma in gamma/2; the paper uses 10, R3GAN and StyleGAN2 other values per data set. */
  readonly gamma: number;
}

/**
 * Makes D flat on real images, which makes training converge locally.
 *
 *     gamma/2 * E_n ||dD/dx_n||^2                  Eq. 9
 *
 * With the paper's 1/2: some code bases write gamma * E||.||^2 and mean half of it. The square is per sample over all
 * features, images in [-1,1], scores raw (the paper's gradient too is that of the logit). No root, hence no epsilon.
 *
 * @param D critic without coupling between samples; scores of any shape `[N,…]`
 * @param x real images `[N,…]`
 * @returns scalar >= 0, to be added to D's terms
 * @throws GanError BAD_CONFIG when gamma is negative or not finite; BAD_PLUGIN when D does not depend on x;
 *   SHAPE_MISMATCH when x has no axis beside the batch
 * @example r1((x) => tf.mul(3, x), tf.zeros([4, 1]), { gamma: 10 }) // 10/2 * 9 = 45
 */
export const r1 = (D: Critic, x: Tensor, { gamma }: ZeroCentredOptions): Tensor => zeroCentred("r1", D, x, gamma);

/**
 * As {@link r1}, on generated images.
 *
 *     gamma/2 * E_n ||dD/dxTilde_n||^2             Eq. 10
 *
 * @param xTilde generated images `[N,…]`
 */
export const r2 = (D: Critic, xTilde: Tensor, { gamma }: ZeroCentredOptions): Tensor =>
  zeroCentred("r2", D, xTilde, gamma);

function zeroCentred(name: string, D: Critic, at: Tensor, gamma: number): Tensor {
  if (!(gamma >= 0 && gamma < Infinity)) throw optionOutOfRange(`penalty/${name}`, "gamma", "a number >= 0", gamma);
  return tf.mul(gamma / 2, tf.mean(squaredNorms(inputGradient(name, D, at))));
}
