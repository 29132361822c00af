/**
 * @file GAN: a generator against a discriminator, the first of its kind.
 *
 * Goodfellow et al. 2014, arXiv:1406.2661, Eq. 1 and Algorithm 1.
 * Letters follow the paper: x real, z latent, k steps of D for one step of G. D returns the logit of the paper's D(x).
 */
import {
  adam,
  badConfig,
  batch,
  choice,
  defineVariant,
  linearDecay,
  logUniform,
  lossByName,
  normal,
  perceptrons,
  phase,
  r1,
  smallConvolutions,
  tf,
  uniform,
  view,
  type DataSpec,
  type Draw,
  type TensorMap,
} from "@gan-arena/core";
import { ganConfig, settingsFor, type GanConfig } from "./config.js";

function latent(config: GanConfig, data: DataSpec): Draw {
  const { zDim, zPrior } = settingsFor(config, data);
  return zPrior === "normal" ? normal(zDim) : uniform(zDim, -1, 1);
}

export const gan = defineVariant<GanConfig>({
  name: "gan",
  paper: {
    title: "Generative Adversarial Networks",
    authors: "Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville, Bengio",
    year: 2014,
    arxiv: "1406.2661",
    venue: "NeurIPS 2014",
  },
  deviations: [
    "Adam with a linearly falling rate instead of momentum SGD with an exponential one: it needs no tuning per data set",
    "leaky rectifiers in D instead of maxout with dropout, and rectifiers with a linear or tanh output in G instead of rectifiers and sigmoids",
    "an R1 penalty on D (r1Gamma; Mescheder et al. 2018), without which the game on the ring circles and loses modes; r1Gamma=0 turns it off",
    "an exponential average of G is drawn and judged (emaHalfLifeKimg); emaHalfLifeKimg=0 turns it off",
    "small convolutional networks by default for images, where the paper used perceptrons for MNIST; architecture=mlp brings them back",
  ],
  config: ganConfig,
  searchSpace: {
    lr: logUniform(1e-5, 1e-2),
    beta1: choice(0, 0.5, 0.9),
    r1Gamma: logUniform(1e-3, 10),
    loss: choice("nonSaturating", "minimax"),
  },
  defaults: (_, data) => (data.image ? { batchSize: 32, kimg: 60 } : { batchSize: 128, kimg: 1500 }),

  networks: (config, data) => {
    checkData(config, data);
    const conv = data.image !== undefined && config.architecture !== "mlp";
    return conv ? smallConvolutions(config, data.image) : perceptrons(config, data);
  },

  optimizers: (config, data) => {
    const { lr, lrEnd, beta1, beta2 } = settingsFor(config, data);
    const optimizer = adam({ lr, beta1, beta2, schedule: linearDecay({ to: lrEnd }) });
    return { G: optimizer, D: optimizer };
  },

  averages: ({ emaHalfLifeKimg }): Readonly<Record<string, number>> =>
    emaHalfLifeKimg > 0 ? { G: emaHalfLifeKimg } : {},

  phases: (config, data) => {
    const loss = lossByName(config.loss);
    const { k, r1Gamma } = settingsFor(config, data);
    return [
      phase({
        name: "discriminator",
        updates: ["D"],
        repeat: k, // Alg. 1, the inner loop
        draws: { x: batch(), z: latent(config, data) },
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
        // Alg. 1: fresh noise. Only a relativistic loss looks at real samples here.
        draws: { z: latent(config, data), ...(loss.comparesReal ? { x: batch() } : {}) },
        loss({ G, D }, { z, ...drawn }: TensorMap) {
          const fake = D(G(z));
          const real = loss.comparesReal ? { real: D(drawn["x"]) } : {};
          return { terms: { adversarial: loss.generator({ fake, ...real }) } };
        },
      }),
    ];
  },

  views: (config, data) => [
    view({ name: "samples", draws: { z: latent(config, data) }, render: ({ G }, { z }) => G(z) }),
  ],
});

/** @throws GanError BAD_CONFIG when the networks cannot be built for the data */
function checkData({ architecture }: GanConfig, { name, image }: DataSpec): void {
  if (architecture === "conv" && !image)
    throw badConfig("gan/architecture", `conv needs images, got the points of "${name}"; use architecture=mlp`);
  if (image && architecture !== "mlp" && (image.height % 4 !== 0 || image.width % 4 !== 0))
    throw badConfig(
      "gan/architecture",
      `conv needs images whose sides are multiples of 4, got ${image.height}x${image.width}; use architecture=mlp`,
    );
}
