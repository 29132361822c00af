/**
 * @file WGAN-GP: a Wasserstein critic held near 1-Lipschitz by a gradient penalty.
 *
 * Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville 2017, arXiv:1704.00028, Eq. 3 and Algorithm 1.
 * Letters follow the paper: x real, z latent, xTilde = G(z), xHat between the two, epsilon where between.
 */
import {
  adam,
  batch,
  defineVariant,
  gradientPenalty,
  intUniform,
  lerp,
  linearDecay,
  logUniform,
  phase,
  tf,
  uniform,
  wasserstein,
} from "@gan-arena/core";
import { z } from "zod";
import { auto, averages, COMMON_CONFIG, decide, draws, generatorPhase, networks, views } from "./common.js";

export const wganGpConfig = z.object({
  ...COMMON_CONFIG,
  gpLambda: auto(z.number().min(0).max(1e4)).describe(
    "weight of the penalty, lambda in Eq. 3; auto: 0.1 for points, 10 for images",
  ),
  lr: auto(z.number().min(1e-7).max(1)).describe(
    "learning rate of both networks at the start; auto: 0.003 for points, 0.0005 for images (0.0001 in the paper)",
  ),
  lrEnd: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe("share of the learning rate that is left at the end; it falls linearly"),
  beta1: z.number().min(0).max(0.9999).default(0).describe("decay of Adam's first moment"),
  beta2: z.number().min(0).max(0.99999).default(0.9).describe("decay of Adam's second moment"),
});

export type WganGpConfig = z.infer<typeof wganGpConfig>;

export const wganGp = defineVariant<WganGpConfig>({
  name: "wgan-gp",
  paper: {
    title: "Improved Training of Wasserstein GANs",
    authors: "Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville",
    year: 2017,
    arxiv: "1704.00028",
    venue: "NeurIPS 2017",
  },
  deviations: [
    "a rate of 0.0005 for images and 0.003 for points that falls linearly instead of 0.0001, so that a short run gets far enough",
    "DCGAN's convolutions for images of every size, where the authors have ResNets for 32 and 64 pixels",
    "lambda is 0.1 for points, as in the authors' code for toy data, and 10 for images",
    "batches of 16 images instead of 64",
    "an exponential average of G is drawn and judged (emaHalfLifeKimg); emaHalfLifeKimg=0 turns it off",
  ],
  config: wganGpConfig,
  searchSpace: { lr: logUniform(1e-5, 1e-2), gpLambda: logUniform(0.01, 100), nCritic: intUniform(1, 10) },
  defaults: (_, data) => (data.image ? { batchSize: 16, kimg: 150 } : { batchSize: 64, kimg: 3000 }),

  // Sec. 4: layer normalisation, because batch normalisation would couple the samples.
  networks: (config, data) => networks(config, data, { variant: "wgan-gp", norm: "layer" }),

  optimizers(config, data) {
    const { beta1, beta2, lrEnd } = config;
    const lr = decide(config.lr, data, { points: 3e-3, images: 5e-4 });
    const optimizer = adam({ lr, beta1, beta2, schedule: linearDecay({ to: lrEnd }) });
    return { G: optimizer, D: optimizer };
  },

  averages,

  phases(config, data) {
    const gpLambda = decide(config.gpLambda, data, { points: 0.1, images: 10 });
    return [
      phase({
        name: "critic",
        updates: ["D"],
        repeat: config.nCritic, // Alg. 1, line 2
        draws: { x: batch(), ...draws(config, data), epsilon: uniform() }, // line 4: one epsilon per sample
        loss({ G, D }, { x, z, epsilon }) {
          const xTilde = G(z); // line 5
          const xHat = lerp(xTilde, x, epsilon); // line 6: epsilon x + (1 - epsilon) xTilde
          const real = D(x);
          const fake = D(xTilde);
          return {
            terms: {
              wasserstein: wasserstein.discriminator({ real, fake }), // line 7
              ...(gpLambda > 0 ? { penalty: tf.mul(gpLambda, gradientPenalty(D, xHat)) } : {}),
            },
            probes: { "score/real": tf.mean(real), "score/fake": tf.mean(fake) },
          };
        },
      }),
      generatorPhase(config, data),
    ];
  },

  views,
});
