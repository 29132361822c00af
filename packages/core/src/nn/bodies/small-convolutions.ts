/** @file The smallest convolutional networks that draw digits. */
import type { DataSpec } from "../../contracts/dataset.js";
import type { Network } from "../../contracts/variant.js";
import { tf } from "../../tensor/tf.js";
import { heNormal, normalInit } from "../initializers.js";

/** Slope of the leaky rectifiers of D for negative inputs. */
const SLOPE = 0.2;

/**
 * Two steps of stride 2 between the image and a quarter of its size; no normalisation.
 *
 * @param options.filters channels of the convolution nearest to the image; twice as many at the next one
 * @param image sides must be multiples of 4
 * @returns G: z `[N,zDim]` to images in [-1,1]; D: images to raw scores `[N,1]`
 */
export function smallConvolutions(
  { filters }: { readonly filters: number },
  { height, width, channels }: NonNullable<DataSpec["image"]>,
): { readonly G: Network; readonly D: Network } {
  const [rows, columns] = [height / 4, width / 4];
  const wide = 2 * filters;
  const step = { kernel: 4, stride: 2, init: normalInit(0.05) };
  return {
    G: (nn, z) => {
      const seed = tf.relu(nn.dense(z, rows * columns * wide, { init: heNormal() }));
      const h = tf.reshape(seed, [-1, rows, columns, wide]); // [N,H/4,W/4,2F]
      const middle = tf.relu(nn.convTranspose2d(h, filters, step)); // [N,H/2,W/2,F]
      return tf.tanh(nn.convTranspose2d(middle, channels, step)); // [N,H,W,C]
    },
    D: (nn, x) => {
      const h = tf.leakyRelu(nn.conv2d(x, filters, step), SLOPE); // [N,H/2,W/2,F]
      const top = tf.leakyRelu(nn.conv2d(h, wide, step), SLOPE); // [N,H/4,W/4,2F]
      return nn.dense(tf.reshape(top, [-1, rows * columns * wide]), 1);
    },
  };
}
