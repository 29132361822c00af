/**
 * @file WGAN: the critic estimates the Wasserstein distance, and clipped weights hold it near Lipschitz.
 *
 * Arjovsky, Chintala and Bottou 2017, arXiv:1701.07875, Eq. 2 and Algorithm 1.
 * Letters follow the paper: x real, z latent, c clipValue, n_critic steps of the critic f (here D) for one step of G.
 */
import {
  batch,
  clipWeights,
  defineVariant,
  intUniform,
  linearDecay,
  logUniform,
  phase,
  rmsprop,
  tf,
  wasserstein,
} from "@gan-arena/core";
import { z } from "zod";
import { auto, averages, COMMON_CONFIG, decide, draws, generatorPhase, networks, views } from "./common.js";

export const wganConfig = z.object({
  ...COMMON_CONFIG,
  clipValue: auto(z.number().min(1e-5).max(10)).describe(
    "bound of the critic's weights, c in Algorithm 1; auto: 0.1 for points, 0.01 for images",
  ),
  lr: auto(z.number().min(1e-7).max(1)).describe(
    "learning rate of both networks at the start; auto: 0.003 for points, 0.0005 for images (0.00005 in the paper)",
  ),
  lrEnd: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe("share of the learning rate that is left at the end; it falls linearly"),
  nCriticLong: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe("steps of the critic in the first 25 rounds and in every 500th; 100 in the authors' code, 0 for nCritic"),
});

export type WganConfig = z.infer<typeof wganConfig>;

/** Rounds with a long critic's phase: main.py of the authors, `gen_iterations < 25 or gen_iterations % 500 == 0`. */
const LONG_FIRST = 25;
const LONG_EVERY = 500;

/** Steps of the critic in a round. */
export const criticSteps = ({ nCritic, nCriticLong }: Pick<WganConfig, "nCritic" | "nCriticLong">) =>
  nCriticLong === 0
    ? nCritic
    : (round: number): number => (round < LONG_FIRST || round % LONG_EVERY === 0 ? nCriticLong : nCritic);

export const wgan = defineVariant<WganConfig>({
  name: "wgan",
  paper: {
    title: "Wasserstein GAN",
    authors: "Arjovsky, Chintala, Bottou",
    year: 2017,
    arxiv: "1701.07875",
    venue: "ICML 2017",
  },
  deviations: [
    "a rate of 0.0005 for images and 0.003 for points that falls linearly, instead of a constant 0.00005, so that a short run gets far enough",
    "weights clipped to 0.1 for points instead of 0.01, with which perceptrons of 64 units pass hardly any gradient",
    "batches of 16 images instead of 64, and 32 channels nearest to the image instead of 64",
    "28 pixels start from 7x7 with two steps instead of four",
    "an exponential average of G is drawn and judged (emaHalfLifeKimg); emaHalfLifeKimg=0 turns it off",
    "the critic has nCritic steps in every round; nCriticLong=100 brings the authors' longer rounds back",
  ],
  config: wganConfig,
  searchSpace: { lr: logUniform(1e-5, 1e-2), clipValue: logUniform(1e-3, 0.5), nCritic: intUniform(1, 10) },
  defaults: (_, data) => (data.image ? { batchSize: 16, kimg: 200 } : { batchSize: 64, kimg: 3000 }),

  networks: (config, data) => networks(config, data, { variant: "wgan", norm: "batch" }),

  optimizers(config, data) {
    // Sec. 3: no momentum, for the critic's loss is not stationary.
    const lr = decide(config.lr, data, { points: 3e-3, images: 5e-4 });
    const optimizer = rmsprop({ lr, schedule: linearDecay({ to: config.lrEnd }) });
    return { G: optimizer, D: optimizer };
  },

  averages,

  phases: (config, data) => [
    phase({
      name: "critic",
      updates: ["D"],
      repeat: criticSteps(config), // Alg. 1, line 2
      draws: { x: batch(), ...draws(config, data) },
      loss({ G, D }, { x, z }) {
        const real = D(x);
        const fake = D(G(z));
        return {
          terms: { wasserstein: wasserstein.discriminator({ real, fake }) }, // line 5
          probes: { "score/real": tf.mean(real), "score/fake": tf.mean(fake) },
        };
      },
      constrain: clipWeights(decide(config.clipValue, data, { points: 0.1, images: 0.01 })), // line 7
    }),
    generatorPhase(config, data),
  ],

  views,
});
