/** @file The two games that are measured, around networks that a case brings. */
import {
  adam,
  batch,
  defineVariant,
  gradientPenalty,
  lerp,
  nonSaturating,
  normal,
  phase,
  tf,
  uniform,
  view,
  wasserstein,
} from "@gan-arena/core";
import { z as zod } from "zod";

/**
 * @param {object} options
 * @param {"nonSaturating" | "wganGp"} options.loss
 * @param {number} options.nCritic D updates per G update
 * @param {number} options.gpLambda
 * @param {number} options.lr of both networks, with Adam's betas 0.5 and 0.999
 * @param {number} options.zDim
 * @param {() => object} options.networks G and D
 */
export function gameOf({ name, loss, nCritic, gpLambda, lr, zDim, networks }) {
  const optimizer = adam({ lr, beta1: 0.5, beta2: 0.999 });
  const phases = loss === "wganGp" ? wganGp({ zDim, nCritic, gpLambda }) : nonSaturatingGan({ zDim });
  return defineVariant({
    name: `bench-${name}`,
    paper: { title: "A benchmark, not a method", authors: "gan-arena", year: 2025 },
    deviations: [],
    config: zod.object({}),
    searchSpace: {},
    networks,
    optimizers: () => ({ G: optimizer, D: optimizer }),
    phases: () => phases,
    views: () => [view({ name: "samples", draws: { z: normal(zDim) }, render: ({ G }, { z }) => G(z) })],
  });
}

const nonSaturatingGan = ({ zDim }) => [
  phase({
    name: "discriminator",
    updates: ["D"],
    draws: { x: batch(), z: normal(zDim) },
    loss: ({ G, D }, { x, z }) => ({
      terms: { adversarial: nonSaturating.discriminator({ real: D(x), fake: D(G(z)) }) },
    }),
  }),
  phase({
    name: "generator",
    updates: ["G"],
    draws: { z: normal(zDim) },
    loss: ({ G, D }, { z }) => ({ terms: { adversarial: nonSaturating.generator({ fake: D(G(z)) }) } }),
  }),
];

const wganGp = ({ zDim, nCritic, gpLambda }) => [
  phase({
    name: "critic",
    updates: ["D"],
    repeat: nCritic,
    draws: { x: batch(), z: normal(zDim), epsilon: uniform() },
    loss({ G, D }, { x, z, epsilon }) {
      const xTilde = G(z);
      const xHat = lerp(xTilde, x, epsilon);
      return {
        terms: {
          wasserstein: wasserstein.discriminator({ real: D(x), fake: D(xTilde) }),
          penalty: tf.mul(gpLambda, gradientPenalty(D, xHat)),
        },
      };
    },
  }),
  phase({
    name: "generator",
    updates: ["G"],
    draws: { z: normal(zDim) },
    loss: ({ G, D }, { z }) => ({ terms: { adversarial: wasserstein.generator({ fake: D(G(z)) }) } }),
  }),
];
