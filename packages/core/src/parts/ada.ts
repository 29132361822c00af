/** @file Adaptive discriminator augmentation: Karras et al. 2020, arXiv:2006.06676, Sec. 2 and 3. */
import { tf, type Tensor } from "../tensor/tf.js";
import { stopGradient } from "../tensor/ops/stop-gradient.js";
import { brightness, contrast, cutout, saturation, translation } from "./augment.js";
import { notImages, notSquare } from "./errors.js";

export type AdaGroup = "blit" | "color" | "cutout";

/** Random numbers for each sample: of each op whether it is done, then how. */
export const ADA_NUMBERS = 16;

/** Ranges of the uniform draws that have the deviations of the paper's normal ones: sqrt(3) times 0.2, 0.5 and 1. */
const BRIGHTNESS = Math.sqrt(3) * 0.2;
const CONTRAST = Math.sqrt(3) * 0.5;
const SATURATION = Math.sqrt(3);

/**
 * Does each op to each image with probability p, by its own random numbers (Appendix B there).
 *
 * Blit: mirror left and right, turn by a multiple of 90 degrees, move by up to an eighth of each side. Color: brightness + b,
 * contrast * 2^c, saturation * 2^s. Cutout: a square of half of each side becomes zero.
 * @param x square images `[N,H,H,C]`
 * @param u uniform in [0,1), `[N,16]`
 * @param p scalar in [0,1]
 * @returns `[N,H,H,C]`, x itself where p is 0
 * @throws GanError BAD_CONFIG when x is of another shape
 */
export function adaptiveAugment(
  x: Tensor,
  u: Tensor,
  { p, groups }: { readonly p: Tensor; readonly groups: readonly AdaGroup[] },
): Tensor {
  const [, height, width] = x.shape;
  if (x.rank !== 4) throw notImages("ada", x.shape);
  if (height !== width && groups.includes("blit")) throw notSquare("ada", x.shape);
  const number = (i: number): Tensor => tf.reshape(tf.slice(u, [0, i], [-1, 1]), [-1, 1, 1, 1]); // [N,1,1,1]
  /** 1 where the op is done. */
  const gate = (i: number): Tensor => tf.cast(tf.less(number(i), p), "float32");
  /** What changes nothing where the op is not done. */
  const within = (on: Tensor, value: Tensor, still: number): Tensor => tf.add(still, tf.mul(on, tf.sub(value, still)));
  const spread = (i: number, range: number): Tensor => tf.mul(tf.sub(tf.mul(2, number(i)), 1), range);
  let y = x;
  if (groups.includes("blit")) {
    y = mixed(y, tf.reverse(y, 2), tf.mul(gate(0), tf.cast(tf.less(number(1), 0.5), "float32")));
    y = turned(y, tf.mul(gate(2), tf.floor(tf.mul(4, number(3)))));
    const moves = gate(4);
    y = translation(y, within(moves, number(5), 0.5), within(moves, number(6), 0.5));
  }
  if (groups.includes("color")) {
    y = brightness(y, tf.mul(gate(7), spread(8, BRIGHTNESS)));
    y = contrast(y, powerOfTwo(tf.mul(gate(9), spread(10, CONTRAST))));
    if ((x.shape[3] ?? 1) > 1) y = saturation(y, powerOfTwo(tf.mul(gate(11), spread(12, SATURATION))));
  }
  if (groups.includes("cutout")) y = mixed(y, cutout(y, number(14), number(15)), gate(13));
  return y;
}

const powerOfTwo = (x: Tensor): Tensor => tf.exp(tf.mul(Math.LN2, x));

/** b where `on` is 1, a where it is 0. */
const mixed = (a: Tensor, b: Tensor, on: Tensor): Tensor => tf.add(a, tf.mul(on, tf.sub(b, a)));

/** Turns image i by 90 degrees times quarter i. @param quarter 0 to 3, `[N,1,1,1]` */
function turned(x: Tensor, quarter: Tensor): Tensor {
  const flipped = tf.transpose(x, [0, 2, 1, 3]);
  const turns = [x, tf.reverse(flipped, 1), tf.reverse(x, [1, 2]), tf.reverse(flipped, 2)];
  return turns
    .map((turn, i) => tf.mul(tf.cast(tf.equal(quarter, i), "float32"), turn))
    .reduce((sum, turn) => tf.add(sum, turn));
}

export interface AdaOptions {
  /** Of r_t = E[sign D(x)], Eq. 1 there. */
  readonly target: number;
  /** Thousand real samples in which p can go from 0 to 1. */
  readonly speedKimg: number;
}

/**
 * The next probability: up by a step while D is surer of real samples than the target, else down by one, within [0,1].
 * @param real raw scores of real, augmented samples
 * @param batch samples that one play shows
 * @returns scalars: p, and r_t of this batch
 */
export function nextProbability(
  p: Tensor,
  real: Tensor,
  { target, speedKimg, batch }: AdaOptions & { readonly batch: number },
): { readonly p: Tensor; readonly overfitting: Tensor } {
  const overfitting = tf.mean(tf.sign(stopGradient(real)));
  const step = tf.mul(batch / (1000 * speedKimg), tf.sign(tf.sub(overfitting, target)));
  return { p: tf.clipByValue(tf.add(p, step), 0, 1), overfitting };
}
