/**
 * @file DCGAN: a GAN whose networks are all convolutions, with batch normalisation.
 *
 * Radford, Metz and Chintala 2016, arXiv:1511.06434, Sec. 3 (architecture) and Sec. 4 (training details).
 * Letters follow the paper: x real, z latent of 100 numbers. D returns the logit of the paper's sigmoid.
 */
import {
  adam,
  badConfig,
  batch,
  defineVariant,
  logUniform,
  nonSaturating,
  normal,
  normalInit,
  phase,
  tf,
  uniform,
  view,
  type DataSpec,
  type Network,
  choice,
} from "@gan-arena/core";
import { z as zod } from "zod";

export const dcganConfig = zod.object({
  zDim: zod.int().min(1).max(4096).default(100).describe("length of the latent z"),
  zPrior: zod
    .enum(["uniform", "normal"])
    .default("uniform")
    .describe("distribution of z: uniform on [-1,1] as in the paper, or standard normal"),
  filters: zod
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe("channels of the convolution nearest to the image; doubled at each step away from it"),
  kernel: zod
    .union([zod.literal(4), zod.literal(5)])
    .default(4)
    .describe("height and width of the filters"),
  lr: zod.number().min(1e-7).max(1).default(4e-4).describe("learning rate of both networks"),
  beta1: zod.number().min(0).max(0.9999).default(0.5).describe("decay of Adam's first moment"),
  beta2: zod.number().min(0).max(0.99999).default(0.999).describe("decay of Adam's second moment"),
  emaHalfLifeKimg: zod
    .number()
    .min(0)
    .max(1e6)
    .default(10)
    .describe("half-life in kimg of the averaged G that is drawn and judged; 0 turns it off"),
});

export type DcganConfig = zod.infer<typeof dcganConfig>;

/** Slope of the leaky rectifier for negative inputs, Sec. 4. */
const SLOPE = 0.2;
/** Weights begin as N(0, 0.02), Sec. 4. */
const init = normalInit(0.02);
/** The factor of batch normalisation begins near 1, as in the authors' code. */
const scaleInit = normalInit(0.02, 1);

/** The side of the smallest feature map and the number of steps of stride 2 from there to the image. */
function plan({ name, image }: DataSpec): { readonly base: number; readonly steps: number; readonly channels: number } {
  const sides: Readonly<Record<number, { readonly base: number; readonly steps: number }>> = {
    28: { base: 7, steps: 2 },
    32: { base: 4, steps: 3 },
    64: { base: 4, steps: 4 },
  };
  const found = image && image.height === image.width ? sides[image.height] : undefined;
  if (!image || !found) {
    const got = image ? `${image.height}x${image.width} images` : "points";
    throw badConfig(
      "dcgan",
      `needs square images of 28, 32 or 64 pixels, got ${got} from "${name}"; choose another data set or size`,
    );
  }
  return { ...found, channels: image.channels };
}

function generator({ filters, kernel }: DcganConfig, data: DataSpec): Network {
  const { base, steps, channels } = plan(data);
  return (nn, z) => {
    const widest = filters * 2 ** (steps - 1);
    // Fig. 1: project and reshape.
    let h = tf.reshape(nn.dense(z, base * base * widest, { init, bias: false, name: "project" }), [
      -1,
      base,
      base,
      widest,
    ]);
    h = tf.relu(nn.batchNorm(h, { scaleInit }));
    for (let step = steps - 2; step >= 0; step--) {
      h = nn.convTranspose2d(h, filters * 2 ** step, { kernel, stride: 2, init, bias: false });
      h = tf.relu(nn.batchNorm(h, { scaleInit })); // [N,2H,2W,filters 2^step]
    }
    // Sec. 3: no batch normalisation at the output of G.
    return tf.tanh(nn.convTranspose2d(h, channels, { kernel, stride: 2, init }));
  };
}

function discriminator({ filters, kernel }: DcganConfig, data: DataSpec): Network {
  const { base, steps } = plan(data);
  return (nn, x) => {
    // Sec. 3: no batch normalisation at the input of D.
    let h = tf.leakyRelu(nn.conv2d(x, filters, { kernel, stride: 2, init }), SLOPE);
    for (let step = 1; step < steps; step++) {
      h = nn.conv2d(h, filters * 2 ** step, { kernel, stride: 2, init, bias: false });
      h = tf.leakyRelu(nn.batchNorm(h, { scaleInit }), SLOPE); // [N,H/2,W/2,filters 2^step]
    }
    return nn.dense(tf.reshape(h, [-1, base * base * filters * 2 ** (steps - 1)]), 1, { init, name: "score" });
  };
}

const latent = ({ zDim, zPrior }: DcganConfig) => (zPrior === "normal" ? normal(zDim) : uniform(zDim, -1, 1));

export const dcgan = defineVariant<DcganConfig>({
  name: "dcgan",
  paper: {
    title: "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
    authors: "Radford, Metz, Chintala",
    year: 2016,
    arxiv: "1511.06434",
    venue: "ICLR 2016",
  },
  deviations: [
    "filters of 4x4 instead of 5x5, which divide evenly by the stride and leave no chequerboard; kernel=5 brings the paper's back",
    "64 channels nearest to the image instead of 128, and 28 pixels start from 7x7 with two steps instead of four",
    "batches of 16 instead of 128 and a rate of 0.0004 instead of 0.0002, so that a short run gets far enough",
    "an exponential average of G is drawn and judged (emaHalfLifeKimg); emaHalfLifeKimg=0 turns it off",
  ],
  config: dcganConfig,
  searchSpace: { lr: logUniform(2e-5, 2e-3), beta1: choice(0, 0.5, 0.9), filters: choice(32, 64, 128) },
  defaults: () => ({ batchSize: 16, kimg: 60 }),

  networks: (config, data) => ({ G: generator(config, data), D: discriminator(config, data) }),

  optimizers: ({ lr, beta1, beta2 }) => {
    const optimizer = adam({ lr, beta1, beta2 }); // Sec. 4
    return { G: optimizer, D: optimizer };
  },

  averages: ({ emaHalfLifeKimg }): Readonly<Record<string, number>> =>
    emaHalfLifeKimg > 0 ? { G: emaHalfLifeKimg } : {},

  phases: (config) => [
    phase({
      name: "discriminator",
      updates: ["D"],
      draws: { x: batch(), z: latent(config) },
      loss({ G, D }, { x, z }) {
        // Real and generated images are normalised by their own statistics, each in a batch of its own.
        const real = D(x);
        const fake = D(G(z));
        return {
          terms: { adversarial: nonSaturating.discriminator({ real, fake }) },
          probes: { "score/real": tf.mean(real), "score/fake": tf.mean(fake) },
        };
      },
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { z: latent(config) },
      loss: ({ G, D }, { z }) => ({ terms: { adversarial: nonSaturating.generator({ fake: D(G(z)) }) } }),
    }),
  ],

  views: (config) => [view({ name: "samples", draws: { z: latent(config) }, render: ({ G }, { z }) => G(z) })],
});
