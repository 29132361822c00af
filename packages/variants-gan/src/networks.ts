/** @file The networks: multilayer perceptrons as in the paper, and small convolutional nets for images. */
import { heNormal, normalInit, tf, type DataSpec, type Network, type Tensor } from "@gan-arena/core";
import { sizeOf } from "@gan-arena/core/base";
import type { GanConfig } from "./config.js";

/** Slope of the leaky rectifier for negative inputs. */
const SLOPE = 0.2;

export function networks(config: GanConfig, data: DataSpec): { readonly G: Network; readonly D: Network } {
  const conv = data.image !== undefined && config.architecture !== "mlp";
  return conv ? convolutional(config, data.image) : perceptrons(config, data);
}

function perceptrons({ hidden, layers }: GanConfig, data: DataSpec): { readonly G: Network; readonly D: Network } {
  const shape = data.fields["x"]?.shape ?? [];
  const features = sizeOf(shape);
  const body =
    (activation: (h: Tensor) => Tensor): Network =>
    (nn, input) => {
      let h = input;
      for (let i = 0; i < layers; i++) h = activation(nn.dense(h, hidden, { init: heNormal() }));
      return h;
    };
  const rectified = body((h) => tf.relu(h));
  const leaky = body((h) => tf.leakyRelu(h, SLOPE));
  return {
    G: (nn, z) => {
      const flat = nn.dense(rectified(nn, z), features); // [N,features]
      const x = tf.reshape(flat, [-1, ...shape]); // [N,H,W,C] or [N,dim]
      return data.image ? tf.tanh(x) : x;
    },
    D: (nn, x) => nn.dense(leaky(nn, tf.reshape(x, [-1, features])), 1),
  };
}

/** Two steps of stride 2 between the image and a quarter of its size; no normalisation. */
function convolutional(
  { filters }: GanConfig,
  image: NonNullable<DataSpec["image"]>,
): { readonly G: Network; readonly D: Network } {
  const { height, width, channels } = image;
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
