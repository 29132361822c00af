/**
 * @file StyleGAN-lite: a generator that is told at every layer what to draw, at 16 to 64 pixels.
 *
 * Karras, Laine, Aila 2019, arXiv:1812.04948: mapping network, styles, noise, mixing, truncation. Karras, Laine, Aittala,
 * Hellsten, Lehtinen, Aila 2020, arXiv:1912.04958: modulated convolutions, skip output and residual D, lazy R1, path length.
 * Letters follow the papers: z latent, w = M(z) mapped latent, psi truncation. M is f there and G is g.
 */
import { adam, choice, defineVariant, logUniform } from "@gan-arena/core";
import { styleganConfig, type StyleganConfig } from "./config.js";
import { criticNetwork } from "./critic.js";
import { mappingNetwork } from "./mapping.js";
import { planFor } from "./plan.js";
import { styleganPhases } from "./phases.js";
import { synthesisNetwork } from "./synthesis.js";
import { styleganViews } from "./views.js";

export const stylegan = defineVariant<StyleganConfig>({
  name: "stylegan",
  paper: {
    title: "Analyzing and Improving the Image Quality of StyleGAN",
    authors: "Karras, Laine, Aittala, Hellsten, Lehtinen, Aila",
    year: 2020,
    arxiv: "1912.04958",
    venue: "CVPR 2020",
  },
  deviations: [
    "16 to 64 pixels, 16 to 128 channels and latents of 128 numbers instead of 1024 pixels, 512 channels and 512 numbers",
    "28 pixels begin from 7x7 instead of 4x4",
    "2 layers of mapping instead of 8, as in the authors' later configurations for small images; mappingLayers=8 brings them back",
    "a rate of 0.004 instead of 0.002 and batches of 16 instead of 32, so that a short run gets far enough",
    "r1Gamma is 5 instead of 10, which the authors chose for 1024 pixels",
    "styles are mixed with a chance and a place of their own for each sample, in the authors' code for each batch",
    "the phases draw their real images one after the other, in the authors' code R1 sees those of the main phase again",
    "the running mean of path lengths begins as the plain mean of the first ones instead of at 0",
    "labels act by a learnt vector in M and in the last layer of D, where the authors' code has a mapping network for D too",
    "style=adain has the layers of 2019 without growing them, with the colours of all sizes added up as in 2020",
  ],
  config: styleganConfig,
  searchSpace: {
    lr: logUniform(5e-4, 5e-3),
    r1Gamma: logUniform(0.01, 10),
    mixingProbability: choice(0, 0.5, 0.9),
    pathLengthWeight: choice(0, 2),
  },
  defaults: () => ({ batchSize: 16, kimg: 200 }),

  networks(config, data) {
    const plan = planFor(config, data);
    return { M: mappingNetwork(config, plan), G: synthesisNetwork(config, plan), D: criticNetwork(config, plan) };
  },

  optimizers: ({ lr, beta1, beta2 }) => {
    const optimizer = adam({ lr, beta1, beta2 }); // 2020, App. B; the arena corrects rate and betas for the lazy phases
    return { M: optimizer, G: optimizer, D: optimizer };
  },

  averages: ({ emaHalfLifeKimg }): Readonly<Record<string, number>> =>
    emaHalfLifeKimg > 0 ? { M: emaHalfLifeKimg, G: emaHalfLifeKimg } : {},

  phases: (config, data) => styleganPhases(config, planFor(config, data), data),
  views: (config, data) => styleganViews(config, planFor(config, data)),
});
