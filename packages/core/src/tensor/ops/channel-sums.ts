/** @file Sums over neighbouring channels. */
import * as tf from "@tensorflow/tfjs";

/** y[…,c] = sum of x[…,k] over all channels k with |k - c| <= radius. @param x `[…,C]` @returns `[…,C]` */
export function channelSums(x: tf.Tensor, radius: number): tf.Tensor {
  const channels = x.shape.at(-1) as number;
  const near = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    Math.abs(Math.floor(i / channels) - (i % channels)) <= radius ? 1 : 0,
  );
  const rows = tf.reshape(x, [x.size / channels, channels]);
  return tf.reshape(tf.matMul(rows, tf.tensor2d(near, [channels, channels])), x.shape);
}
