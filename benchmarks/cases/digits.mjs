/** @file Small convolutional networks without normalisation, on 28x28 digits. */
import { normalInit, tf } from "@gan-arena/core";
import { mnist } from "@gan-arena/datasets";
import { gameOf } from "./games.mjs";

const SLOPE = 0.2;
const Z_DIM = 64;

export async function openDigits({ name, width, loss, nCritic, gpLambda }) {
  const init = normalInit(0.02);
  const halving = { kernel: 4, stride: 2, init };
  const networks = () => ({
    G(nn, z) {
      const seed = tf.relu(nn.dense(z, 7 * 7 * 2 * width, { init }));
      const h = tf.reshape(seed, [-1, 7, 7, 2 * width]);
      const middle = tf.relu(nn.convTranspose2d(h, width, halving)); // [N,14,14,W]
      return tf.tanh(nn.convTranspose2d(middle, 1, halving)); // [N,28,28,1]
    },
    D(nn, x) {
      const h = tf.leakyRelu(nn.conv2d(x, width, halving), SLOPE); // [N,14,14,W]
      const top = tf.leakyRelu(nn.conv2d(h, 2 * width, halving), SLOPE); // [N,7,7,2W]
      return nn.dense(tf.reshape(top, [-1, 7 * 7 * 2 * width]), 1, { init });
    },
  });
  const variant = gameOf({ name, loss, nCritic, gpLambda, lr: 1e-4, zDim: Z_DIM, networks });
  return { variant, data: await mnist.open(mnist.config.parse({}), { home: "." }) };
}
