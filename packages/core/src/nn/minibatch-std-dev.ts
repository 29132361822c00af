/** @file How much the samples of a batch differ, shown to the critic: Karras et al. 2018, arXiv:1710.10196, Sec. 3. */
import { tf, type Tensor } from "../tensor/tf.js";
import { shapeMismatch } from "../errors.js";

export interface MinibatchStdDevOptions {
  /** Samples that are compared with each other; the batch is cut into such groups. Default 4. */
  readonly group?: number;
  /** Channels that are added; each speaks for an equal share of the channels of x. Default 1. */
  readonly features?: number;
}

/**
 * x with channels appended that hold one number per group: the standard deviation over the group of each feature at each
 * place, averaged over features and places. A collapsed G gives zeros there, which D learns to see.
 *
 * As in StyleGAN2 the statistics are of groups, not of the whole batch as in the paper; sample n belongs to group n mod
 * (N / group). When N is no multiple of `group` the largest divisor of N below it takes its place. 1e-8 is added under the
 * root, the deviation is that of the population (divided by the group's size).
 *
 * @param x `[N,H,W,C]`
 * @returns `[N,H,W,C + features]`
 * @throws GanError SHAPE_MISMATCH when x is no image, or C no multiple of features
 */
export function minibatchStdDev(x: Tensor, { group = 4, features = 1 }: MinibatchStdDevOptions = {}): Tensor {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  if (x.shape.length !== 4 || channels % features !== 0)
    throw shapeMismatch(
      "minibatchStdDev",
      "the input",
      `[N,H,W,C] with C a multiple of ${features}`,
      x.shape,
      "reshape it, or ask for another number of features",
    );
  const size = largestDivisor(n, group);
  const groups = n / size;
  const members = tf.reshape(x, [size, groups * height * width * channels]);
  const centred = tf.sub(members, tf.mean(members, 0, true));
  const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), 0), 1e-8)); // [groups H W C]
  const statistic = tf.mean(tf.reshape(deviation, [groups, height * width, features, channels / features]), [1, 3]); // [groups,features]
  const perSample = tf.reshape(tf.tile(statistic, [size, 1]), [n, 1, 1, features]);
  return tf.concat([x, tf.broadcastTo(perSample, [n, height, width, features])], 3);
}

function largestDivisor(n: number, limit: number): number {
  for (let divisor = Math.min(n, limit); divisor > 1; divisor--) if (n % divisor === 0) return divisor;
  return 1;
}
