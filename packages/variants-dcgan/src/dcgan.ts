/**
 * @file DCGAN: a GAN whose networks are all convolutions, with batch normalisation.
 *
 * Radford, Metz and Chintala 2016, arXiv:1511.06434, Sec. 3 (architecture) and Sec. 4 (training details).
 * Letters follow the paper: x real, z latent of 100 numbers. D returns the logit of the paper's sigmoid. On request with
 * labels c: batch normalisation in G and a projection in D (Miyato and Koyama 2018, arXiv:1802.05637).
 */
import {
  adam,
  batch,
  choice,
  cycle,
  dcganCritic,
  dcganGenerator,
  dcganPlan,
  defineVariant,
  logUniform,
  lossByName,
  normal,
  phase,
  tf,
  uniform,
  view,
  type DataSpec,
  type Draw,
  type Tensor,
  type TensorMap,
  type View,
} from "@gan-arena/core";
import { classesOf, dcganConfig, type DcganConfig } from "./config.js";

/** What a generated image is made of: a latent, and a label when the networks are told one. */
function latents(config: DcganConfig, data: DataSpec): Readonly<Record<string, Draw>> {
  const { zDim, zPrior } = config;
  const z = zPrior === "normal" ? normal(zDim) : uniform(zDim, -1, 1);
  return classesOf(config, data) > 0 ? { z, c: batch("c") } : { z };
}

/** The label as a list of inputs: empty without labels. */
const labels = ({ c }: { readonly [name: string]: Tensor | undefined }): readonly Tensor[] => (c ? [c] : []);

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
    "labels, which the paper has none of, on request (conditional): a scale and a shift for each label in G, a projection in D",
  ],
  config: dcganConfig,
  searchSpace: { lr: logUniform(2e-5, 2e-3), beta1: choice(0, 0.5, 0.9), filters: choice(32, 64, 128) },
  defaults: () => ({ batchSize: 16, kimg: 60 }),

  networks(config, data) {
    const plan = dcganPlan("dcgan", data);
    const options = { ...config, classes: classesOf(config, data) };
    return { G: dcganGenerator(options, plan), D: dcganCritic(options, plan) };
  },

  optimizers: ({ lr, beta1, beta2 }) => {
    const optimizer = adam({ lr, beta1, beta2 }); // Sec. 4
    return { G: optimizer, D: optimizer };
  },

  averages: ({ emaHalfLifeKimg }): Readonly<Record<string, number>> =>
    emaHalfLifeKimg > 0 ? { G: emaHalfLifeKimg } : {},

  phases: (config, data) => [
    phase({
      name: "discriminator",
      updates: ["D"],
      draws: { x: batch(), ...latents(config, data) },
      loss({ G, D }, { x, z, ...inputs }: TensorMap) {
        const c = labels(inputs);
        // Real and generated images are normalised by their own statistics, each in a batch of its own.
        const real = D(x, ...c);
        const fake = D(G(z, ...c), ...c);
        return {
          terms: { adversarial: lossByName(config.loss).discriminator({ real, fake }) },
          probes: { "score/real": tf.mean(real), "score/fake": tf.mean(fake) },
        };
      },
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { ...latents(config, data), ...(lossByName(config.loss).comparesReal ? { x: batch() } : {}) },
      loss({ G, D }, { z, ...inputs }: TensorMap) {
        const c = labels(inputs);
        const loss = lossByName(config.loss);
        const real = loss.comparesReal ? { real: D(inputs["x"], ...c) } : {};
        return { terms: { adversarial: loss.generator({ fake: D(G(z, ...c), ...c), ...real }) } };
      },
    }),
  ],

  views(config, data) {
    const draws = latents(config, data);
    const classes = classesOf(config, data);
    const render: View["render"] = ({ G }, { z, ...inputs }) => G(z, ...labels(inputs));
    const samples = view({ name: "samples", draws, render });
    if (classes === 0) return [samples];
    // One class in each column.
    const byClass = view({
      name: "classes",
      draws: { ...draws, c: cycle(classes) },
      columns: classes,
      pictured: true,
      render,
    });
    return [{ ...samples, pictured: true }, byClass];
  },
});
