/** @file A sound WGAN-GP for points; each of its neighbours changes one thing, and is wrong. */
import {
  adam,
  batch,
  defineVariant,
  gradientPenalty,
  lerp,
  normal,
  phase,
  tf,
  uniform,
  VARIANT,
  view,
  wasserstein,
} from "@gan-arena/core";
import { z as schema } from "zod";

const leaky = (h) => tf.leakyRelu(h, 0.2);

export const parts = {
  generator: (nn, z) => nn.dense(leaky(nn.dense(z, 8)), 2),
  critic: (nn, x) => nn.dense(leaky(nn.dense(x, 8)), 1),
  updates: ["D"],
  /** What G and the penalty make of their draws. */
  latent: (z) => z,
  epsilon: (epsilon) => epsilon,
  term: (value) => value,
};

/** `register` of a variant with some of the parts replaced. */
export const registerWith = (changes) => (container) => {
  const { generator, critic, updates, latent, epsilon: mixing, term } = { ...parts, ...changes };
  const variant = defineVariant({
    name: "wrong",
    paper: {
      title: "Improved Training of Wasserstein GANs",
      authors: "Gulrajani et al.",
      year: 2017,
      arxiv: "1704.00028",
    },
    deviations: [],
    config: schema.object({ zDim: schema.int().min(1).max(64).default(4).describe("length of the latent z") }),
    searchSpace: {},
    networks: () => ({ G: generator, D: critic }),
    optimizers: () => ({ G: adam({ lr: 1e-3, beta1: 0 }), D: adam({ lr: 1e-3, beta1: 0 }) }),
    phases: ({ zDim }) => [
      phase({
        name: "critic",
        updates,
        draws: { x: batch(), z: normal(zDim), epsilon: uniform() },
        loss({ G, D }, { x, z, epsilon }) {
          const xTilde = G(latent(z));
          const penalty = gradientPenalty(D, lerp(xTilde, x, mixing(epsilon)));
          const distance = wasserstein.discriminator({ real: D(x), fake: D(xTilde) });
          return { terms: { wasserstein: term(distance), penalty: tf.mul(10, penalty) } };
        },
      }),
      phase({
        name: "generator",
        updates: ["G"],
        draws: { z: normal(zDim) },
        loss: ({ G, D }, { z }) => ({ terms: { adversarial: wasserstein.generator({ fake: D(G(latent(z))) }) } }),
      }),
    ],
    views: ({ zDim }) => [view({ name: "samples", draws: { z: normal(zDim) }, render: ({ G }, { z }) => G(z) })],
  });
  container.register(VARIANT, { useValue: variant });
};

export const register = registerWith({});
