/** @file Augmentations that carry gradients: DiffAugment, Zhao et al. 2020, arXiv:2006.10738, Sec. 3.2. */
import { tf, type Tensor } from "../tensor/tf.js";
import { notImages } from "./errors.js";

export type Augmentation = "color" | "translation" | "cutout";

/** Random numbers for each sample: three for color, two each for translation and cutout. */
export const AUGMENT_NUMBERS = 7;

/** Largest shift as a share of the side, and side of the hole; both from the authors' code. */
const SHIFT = 1 / 8;
const HOLE = 1 / 2;

/**
 * Changes each image by its own random numbers; apply it to all that D sees, real and generated, in D's and in G's phase.
 *
 * Color: brightness + (u - 1/2), saturation * 2u, contrast * (u + 1/2). Translation: by up to an eighth of each side, with
 * zeros moving in. Cutout: a square of half of each side becomes zero, its centre anywhere in the image.
 * @param x images `[N,H,W,C]`
 * @param u uniform in [0,1), `[N,7]`
 * @returns `[N,H,W,C]`
 * @throws GanError BAD_CONFIG when x is not of rank 4
 */
export function diffAugment(x: Tensor, u: Tensor, policy: readonly Augmentation[]): Tensor {
  if (x.rank !== 4) throw notImages("diffAugment", x.shape);
  const number = (i: number): Tensor => tf.reshape(tf.slice(u, [0, i], [-1, 1]), [-1, 1, 1, 1]); // [N,1,1,1]
  let y = x;
  if (policy.includes("color")) y = color(y, number(0), number(1), number(2));
  if (policy.includes("translation")) y = translation(y, number(3), number(4));
  if (policy.includes("cutout")) y = cutout(y, number(5), number(6));
  return y;
}

/** @param u uniform in [0,1), `[N,1,1,1]` each */
function color(x: Tensor, ...[u, v, w]: readonly [Tensor, Tensor, Tensor]): Tensor {
  const bright = brightness(x, tf.sub(u, 0.5));
  return contrast(saturation(bright, tf.mul(2, v)), tf.add(w, 0.5));
}

/** @param by `[N,1,1,1]` */
export const brightness = (x: Tensor, by: Tensor): Tensor => tf.add(x, by);

/** Distances from the grey of the pixel, times `factor`, `[N,1,1,1]`. */
export function saturation(x: Tensor, factor: Tensor): Tensor {
  const grey = tf.mean(x, 3, true); // [N,H,W,1]
  return tf.add(grey, tf.mul(tf.sub(x, grey), factor));
}

/** Distances from the mean of the image, times `factor`, `[N,1,1,1]`. */
export function contrast(x: Tensor, factor: Tensor): Tensor {
  const mean = tf.mean(x, [1, 2, 3], true); // [N,1,1,1]
  return tf.add(mean, tf.mul(tf.sub(x, mean), factor));
}

/** A whole number of pixels in [-most,most] out of u in [0,1). */
const pixels = (u: Tensor, most: number): Tensor => tf.sub(tf.floor(tf.mul(u, 2 * most + 1)), most);

/** Row i of the result is row i + shift of x, or zero: a product with a matrix of ones, which has every derivative. */
export function translation(x: Tensor, uy: Tensor, ux: Tensor): Tensor {
  const [n = 0, height = 0, width = 0, channels = 0] = x.shape;
  const shifter = (side: number, u: Tensor): Tensor => {
    const to = tf.reshape(tf.range(0, side, 1, "float32"), [1, side, 1]);
    const from = tf.reshape(tf.range(0, side, 1, "float32"), [1, 1, side]);
    const shift = tf.reshape(pixels(u, Math.round(side * SHIFT)), [n, 1, 1]);
    return tf.cast(tf.equal(tf.sub(from, to), shift), "float32"); // [N,side,side]
  };
  const rows = tf.matMul(shifter(height, uy), tf.reshape(x, [n, height, width * channels]));
  const turned = tf.reshape(tf.transpose(tf.reshape(rows, x.shape), [0, 2, 1, 3]), [n, width, height * channels]);
  const columns = tf.reshape(tf.matMul(shifter(width, ux), turned), [n, width, height, channels]);
  return tf.transpose(columns, [0, 2, 1, 3]);
}

/** A square hole of zeros, its centre at (uy, ux) of the image, `[N,1,1,1]` each. */
export function cutout(x: Tensor, uy: Tensor, ux: Tensor): Tensor {
  const [, height = 0, width = 0] = x.shape;
  const inside = (side: number, u: Tensor, shape: readonly number[]): Tensor => {
    const hole = Math.round(side * HOLE);
    const start = tf.sub(tf.floor(tf.mul(u, side + (1 - (hole % 2)))), Math.floor(hole / 2)); // [N,1,1,1]
    const distance = tf.sub(tf.reshape(tf.range(0, side, 1, "float32"), [...shape]), start);
    const within = tf.logicalAnd(tf.greaterEqual(distance, 0), tf.less(distance, hole));
    return tf.cast(within, "float32");
  };
  const hole = tf.mul(inside(height, uy, [1, height, 1, 1]), inside(width, ux, [1, 1, width, 1])); // [N,H,W,1]
  return tf.mul(x, tf.sub(1, hole));
}
