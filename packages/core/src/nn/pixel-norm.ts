/** @file Normalisation of each vector to the unit mean square. */
import { tf, type Tensor } from "../tensor/tf.js";

/**
 * x / sqrt(mean_c x_c^2 + epsilon), for each place by itself; nothing is learnt.
 *
 * Karras et al. 2018, arXiv:1710.10196, Sec. 4.2 after every convolution of G; StyleGAN keeps it for z, the input of the
 * mapping network.
 * @param x `[…,C]`
 * @param epsilon default 1e-8
 */
export const pixelNorm = (x: Tensor, epsilon = 1e-8): Tensor =>
  tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon)));
