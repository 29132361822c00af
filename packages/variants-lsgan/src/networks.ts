/**
 * @file The networks of LSGAN's Fig. 1. Its generator, made for 112 pixels, follows each of its first two steps of stride 2
 * by a layer of stride 1; its discriminator has four convolutions of stride 2.
 */
import { dcganCritic, dcganPlan, normalInit, perceptrons, tf, type DataSpec, type Network } from "@gan-arena/core";
import type { LsganConfig } from "./config.js";

/** As in DCGAN, whose training details the paper follows. */
const init = normalInit(0.02);
const scaleInit = normalInit(0.02, 1);
/** Steps of stride 2 that are followed by a layer of stride 1. */
const DOUBLE = 2;

export function networks(config: LsganConfig, data: DataSpec): { readonly G: Network; readonly D: Network } {
  if (!data.image) return perceptrons(config, data);
  return {
    G: generator(config, data),
    D: dcganCritic({ filters: config.filters, kernel: 4 }, dcganPlan("lsgan", data)),
  };
}

/** @returns z `[N,zDim]` to images `[N,H,W,C]` in [-1,1] */
function generator({ filters }: LsganConfig, data: DataSpec): Network {
  const { base, steps, channels } = dcganPlan("lsgan", data);
  return (nn, z) => {
    const widest = filters * 2 ** (steps - 1);
    const seed = nn.dense(z, base * base * widest, { init, bias: false, name: "project" });
    let h = tf.relu(nn.batchNorm(tf.reshape(seed, [-1, base, base, widest]), { scaleInit }));
    for (let step = 0; step < steps; step++) {
      const width = filters * 2 ** Math.max(0, steps - 2 - step);
      h = nn.convTranspose2d(h, width, { kernel: 4, stride: 2, init, bias: false });
      h = tf.relu(nn.batchNorm(h, { scaleInit })); // [N,2H,2W,width]
      // The last step's partner is the layer that makes the image.
      if (step >= DOUBLE || step === steps - 1) continue;
      h = nn.conv2d(h, width, { kernel: 3, init, bias: false });
      h = tf.relu(nn.batchNorm(h, { scaleInit }));
    }
    return tf.tanh(nn.conv2d(h, channels, { kernel: 3, init })); // [N,H,W,C]
  };
}
