/** @file The networks of PyTorch's DCGAN tutorial: five convolutions each, batch normalisation between them, 64x64x3. */
import { normalInit, tf } from "@gan-arena/core";
import { gameOf } from "./games.mjs";
import { openPictures } from "./pictures.mjs";

const SLOPE = 0.2;
const Z_DIM = 100;
const SIDE = 64;

export function openTutorial({ width }) {
  const init = normalInit(0.02);
  const scaleInit = normalInit(0.02, 1);
  const whole = { kernel: 4, padding: "valid", bias: false, init };
  const halving = { kernel: 4, stride: 2, bias: false, init };
  const networks = () => ({
    G(nn, z) {
      let h = nn.convTranspose2d(tf.reshape(z, [-1, 1, 1, Z_DIM]), 8 * width, whole); // [N,4,4,8W]
      h = tf.relu(nn.batchNorm(h, { scaleInit }));
      for (const filters of [4 * width, 2 * width, width]) {
        h = nn.convTranspose2d(h, filters, halving);
        h = tf.relu(nn.batchNorm(h, { scaleInit })); // [N,2H,2W,filters]
      }
      return tf.tanh(nn.convTranspose2d(h, 3, halving)); // [N,64,64,3]
    },
    D(nn, x) {
      let h = tf.leakyRelu(nn.conv2d(x, width, halving), SLOPE); // [N,32,32,W]
      for (const filters of [2 * width, 4 * width, 8 * width]) {
        h = nn.conv2d(h, filters, halving);
        h = tf.leakyRelu(nn.batchNorm(h, { scaleInit }), SLOPE); // [N,H/2,W/2,filters]
      }
      return tf.reshape(nn.conv2d(h, 1, whole), [-1, 1]);
    },
  });
  const options = { name: "tutorial", loss: "nonSaturating", nCritic: 1, gpLambda: 0, lr: 2e-4, zDim: Z_DIM, networks };
  return { variant: gameOf(options), data: openPictures({ side: SIDE, channels: 3, size: 2048 }) };
}
