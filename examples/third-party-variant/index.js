/**
 * @file Geometric GAN: a discriminator with a margin, trained with the hinge loss.
 *
 * Lim and Ye 2017, arXiv:1705.02894; the loss as in Miyato et al. 2018, arXiv:1802.05957, Eq. 16 and 17; R1 after Mescheder et al. 2018, arXiv:1801.04406, Eq. 9.
 * Letters: x real, z latent, G(z) generated. D returns raw scores.
 *
 * Everything a variant needs comes from `@gan-arena/core`; training, saving, logging and judging are the arena's.
 */
import {
  adam,
  badConfig,
  batch,
  defineVariant,
  heNormal,
  hinge,
  linearDecay,
  logUniform,
  normal,
  normalInit,
  phase,
  r1,
  sizeOf,
  tf,
  VARIANT,
  view,
} from "@gan-arena/core";
import { z as schema } from "zod";

const leaky = (h) => tf.leakyRelu(h, 0.2);

/** Two hidden layers, for points in the plane or on the line. */
function perceptrons({ hidden }, { fields }) {
  const { shape } = fields.x;
  return {
    G: (nn, z) => {
      const h = tf.relu(nn.dense(z, hidden, { init: heNormal() })); // [N,hidden]
      const top = tf.relu(nn.dense(h, hidden, { init: heNormal() }));
      return tf.reshape(nn.dense(top, sizeOf(shape)), [-1, ...shape]);
    },
    D: (nn, x) => {
      const h = leaky(nn.dense(x, hidden, { init: heNormal() }));
      return nn.dense(leaky(nn.dense(h, hidden, { init: heNormal() })), 1); // [N,1]
    },
  };
}

/** Two steps of stride 2, for images such as digits of 28 pixels. */
function convolutional({ filters }, { name, image: { height, width, channels } }) {
  if (height % 4 !== 0 || width % 4 !== 0)
    throw badConfig(
      "geometric-gan",
      `the sides of images must be multiples of 4, got ${height}x${width} of "${name}"; choose another size`,
    );
  const [rows, columns, wide] = [height / 4, width / 4, 2 * filters];
  const step = { kernel: 4, stride: 2, init: normalInit(0.05) };
  return {
    G: (nn, z) => {
      const seed = tf.relu(nn.dense(z, rows * columns * wide, { init: heNormal() }));
      const h = tf.reshape(seed, [-1, rows, columns, wide]); // [N,H/4,W/4,2F]
      const middle = tf.relu(nn.convTranspose2d(h, filters, step)); // [N,H/2,W/2,F]
      return tf.tanh(nn.convTranspose2d(middle, channels, step)); // [N,H,W,C]
    },
    D: (nn, x) => {
      const h = leaky(nn.conv2d(x, filters, step)); // [N,H/2,W/2,F]
      const top = leaky(nn.conv2d(h, wide, step)); // [N,H/4,W/4,2F]
      return nn.dense(tf.reshape(top, [-1, rows * columns * wide]), 1); // [N,1]
    },
  };
}

export const geometricGan = defineVariant({
  name: "geometric-gan",
  paper: { title: "Geometric GAN", authors: "Lim, Ye", year: 2017, arxiv: "1705.02894" },
  deviations: [
    "R1 on real samples instead of weight decay as the limit on D; r1Gamma=0 turns it off",
    "Adam with a linearly falling rate instead of RMSProp",
    "small networks for small data instead of DCGAN's",
  ],
  config: schema.object({
    zDim: schema.int().min(1).max(4096).default(64).describe("length of the latent z"),
    hidden: schema.int().min(1).max(8192).default(128).describe("units of a hidden layer, for points"),
    filters: schema.int().min(1).max(1024).default(32).describe("channels of the convolution nearest to the image"),
    lr: schema.number().min(1e-7).max(1).default(1e-3).describe("learning rate of both networks at the start"),
    r1Gamma: schema.number().min(0).max(1e4).default(0.1).describe("weight of R1, gamma in gamma/2 E|grad D(x)|^2"),
  }),
  searchSpace: { lr: logUniform(1e-5, 1e-2), r1Gamma: logUniform(1e-3, 10) },
  defaults: (_config, data) => (data.image ? { batchSize: 32, kimg: 60 } : { batchSize: 256, kimg: 4000 }),

  networks: (config, data) => (data.image ? convolutional(config, data) : perceptrons(config, data)),

  optimizers: ({ lr }) => {
    const optimizer = adam({ lr, beta1: 0, beta2: 0.99, schedule: linearDecay({ to: 0.1 }) });
    return { G: optimizer, D: optimizer };
  },

  averages: () => ({ G: 20 }),

  phases: ({ zDim, r1Gamma }) => [
    phase({
      name: "discriminator",
      updates: ["D"],
      draws: { x: batch(), z: normal(zDim) },
      loss({ G, D }, { x, z }) {
        const real = D(x);
        const fake = D(G(z));
        const margin = hinge.discriminator({ real, fake });
        return { terms: r1Gamma > 0 ? { margin, r1: r1(D, x, { gamma: r1Gamma }) } : { margin } };
      },
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { z: normal(zDim) },
      loss: ({ G, D }, { z }) => ({ terms: { adversarial: hinge.generator({ fake: D(G(z)) }) } }),
    }),
  ],

  views: ({ zDim }) => [view({ name: "samples", draws: { z: normal(zDim) }, render: ({ G }, { z }) => G(z) })],
});

/** What gan-arena calls when the plugin is named by `--plugin` or in the config file. */
export const register = (container) => container.register(VARIANT, { useValue: geometricGan });
