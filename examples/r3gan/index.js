/**
 * @file R3GAN: a relativistic loss on pairs, kept convergent by penalties on both sides of the game.
 *
 * Huang, Gokaslan, Kuleshov, Tompkin 2024, arXiv:2501.05441, Sec. 2: f(D(G(z)) - D(x)) with both R1 and R2.
 * Letters: x real, z latent, xTilde = G(z), gamma the weight of both penalties. D returns raw scores.
 */
import { adam, batch, defineVariant, logUniform, normal, perceptrons, phase, r1, r2, VARIANT } from "@gan-arena/core";
import { relativisticPaired, smallConvolutions, view } from "@gan-arena/core";
import { z as schema } from "zod";

export const r3gan = defineVariant({
  name: "r3gan",
  paper: {
    title: "The GAN is dead; long live the GAN! A Modern GAN Baseline",
    authors: "Huang, Gokaslan, Kuleshov, Tompkin",
    year: 2024,
    arxiv: "2501.05441",
    venue: "NeurIPS 2024",
  },
  deviations: [
    "small plain networks instead of the paper's residual ones",
    "constant gamma, rate and decay of moments",
  ],
  config: schema.object({
    zDim: schema.int().min(1).max(1024).default(8).describe("length of the latent z"),
    hidden: schema.int().min(1).max(4096).default(64).describe("units of each hidden layer, for points"),
    layers: schema.int().min(1).max(8).default(3).describe("hidden layers, for points"),
    filters: schema.int().min(1).max(512).default(32).describe("channels of the convolution nearest to the image"),
    gamma: schema.number().min(0).max(1e3).default(0.05).describe("weight of R1 and of R2"),
    lr: schema.number().min(1e-6).max(1).default(2e-3).describe("learning rate of both networks"),
  }),
  searchSpace: { gamma: logUniform(0.01, 10), lr: logUniform(1e-4, 1e-2) },
  defaults: (_, data) => (data.image ? { batchSize: 32, kimg: 40 } : { batchSize: 128, kimg: 1000 }),

  networks: (config, data) => (data.image ? smallConvolutions(config, data.image) : perceptrons(config, data)),
  optimizers: ({ lr }) => ({ G: adam({ lr, beta1: 0, beta2: 0.99 }), D: adam({ lr, beta1: 0, beta2: 0.99 }) }),
  averages: () => ({ G: 20 }),

  phases: ({ zDim, gamma }) => [
    phase({
      name: "discriminator",
      updates: ["D"],
      draws: { x: batch(), z: normal(zDim) },
      loss({ G, D }, { x, z }) {
        const xTilde = G(z); // [N,…], sample n is the rival of x_n
        return {
          terms: {
            relativistic: relativisticPaired.discriminator({ real: D(x), fake: D(xTilde) }),
            r1: r1(D, x, { gamma }), // flat on real images …
            r2: r2(D, xTilde, { gamma }), // … and on generated ones
          },
        };
      },
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { x: batch(), z: normal(zDim) }, // G is compared with real images too
      loss: ({ G, D }, { x, z }) => ({
        terms: { relativistic: relativisticPaired.generator({ real: D(x), fake: D(G(z)) }) },
      }),
    }),
  ],
  views: ({ zDim }) => [view({ name: "samples", draws: { z: normal(zDim) }, render: ({ G }, { z }) => G(z) })],
});

export const register = (container) => container.register(VARIANT, { useValue: r3gan });
