/**
 * @file LSGAN: the discriminator's scores are pulled to targets by squares.
 *
 * Mao, Li, Xie, Lau, Wang and Smolley 2017, arXiv:1611.04076, Eq. 2, with the targets of Eq. 8 or Eq. 9, and Fig. 1.
 * Letters follow the paper: x real, z latent; a, b what D gives to generated and real samples, c what G wants it to give.
 */
import {
  adam,
  batch,
  choice,
  defineVariant,
  leastSquares,
  linearDecay,
  logUniform,
  normal,
  phase,
  r1,
  tf,
  view,
} from "@gan-arena/core";
import { lsganConfig, settingsFor, targetsOf, type LsganConfig } from "./config.js";
import { networks } from "./networks.js";

export const lsgan = defineVariant<LsganConfig>({
  name: "lsgan",
  paper: {
    title: "Least Squares Generative Adversarial Networks",
    authors: "Mao, Li, Xie, Lau, Wang, Smolley",
    year: 2017,
    arxiv: "1611.04076",
    venue: "ICCV 2017",
  },
  deviations: [
    "28, 32 and 64 pixels instead of 112, so G has two to four steps of stride 2 instead of four, the first two doubled as in Fig. 1",
    "filters of 4x4 where the stride is 2, instead of 3x3 in G and 5x5 in D, which leave a chequerboard",
    "32 channels nearest to the image, doubled at each step, instead of 64 to 512 in D and 64 to 256 in G",
    "a rate that falls linearly to a twentieth instead of a constant 0.001, and batches of 16 images instead of 64",
    "perceptrons for points, with an R1 penalty on D (r1Gamma; Mescheder et al. 2018); r1Gamma=0 turns it off",
    "an exponential average of G is drawn and judged (emaHalfLifeKimg); emaHalfLifeKimg=0 turns it off",
  ],
  config: lsganConfig,
  searchSpace: {
    lr: logUniform(1e-5, 1e-2),
    beta1: choice(0, 0.5, 0.9),
    coding: choice("zeroOne", "pearson"),
  },
  defaults: (_, data) => (data.image ? { batchSize: 16, kimg: 60 } : { batchSize: 128, kimg: 1500 }),

  networks,

  optimizers(config, data) {
    const { beta1, beta2, lrEnd } = config;
    const { lr } = settingsFor(config, data);
    const optimizer = adam({ lr, beta1, beta2, schedule: linearDecay({ to: lrEnd }) });
    return { G: optimizer, D: optimizer };
  },

  averages: ({ emaHalfLifeKimg }): Readonly<Record<string, number>> =>
    emaHalfLifeKimg > 0 ? { G: emaHalfLifeKimg } : {},

  phases(config, data) {
    const loss = leastSquares(targetsOf(config)); // Eq. 2
    const { zDim, r1Gamma } = settingsFor(config, data);
    return [
      phase({
        name: "discriminator",
        updates: ["D"],
        draws: { x: batch(), z: normal(zDim) },
        loss({ G, D }, { x, z }) {
          const real = D(x);
          const fake = D(G(z));
          return {
            terms: {
              adversarial: loss.discriminator({ real, fake }),
              ...(r1Gamma > 0 ? { r1: r1(D, x, { gamma: r1Gamma }) } : {}),
            },
            probes: { "score/real": tf.mean(real), "score/fake": tf.mean(fake) },
          };
        },
      }),
      phase({
        name: "generator",
        updates: ["G"],
        draws: { z: normal(zDim) },
        loss: ({ G, D }, { z }) => ({ terms: { adversarial: loss.generator({ fake: D(G(z)) }) } }),
      }),
    ];
  },

  views: (config, data) => [
    view({
      name: "samples",
      draws: { z: normal(settingsFor(config, data).zDim) },
      render: ({ G }, { z }) => G(z),
    }),
  ],
});
