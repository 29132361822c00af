/**
 * @file A variant for points in the plane that is right by default and wrong on request: `--set fault=…`.
 */
import { batch, defineVariant, normal, phase, sgd, tf, VARIANT, view } from "@gan-arena/core";
import { z as schema } from "zod";

const FAULTS = ["none", "sample-shape", "term-shape", "term-nan", "no-term", "throws", "network", "scores", "unused"];

export const odd = defineVariant({
  name: "odd",
  paper: { title: "Nothing", authors: "Nobody", year: 2026 },
  deviations: [],
  config: schema.object({ fault: schema.enum(FAULTS).default("none").describe("what is wrong") }),
  searchSpace: {},
  networks: ({ fault }) => ({
    G: (nn, z) => nn.dense(z, fault === "sample-shape" ? 3 : 2),
    D: (nn, x) => (fault === "network" ? undefined : nn.dense(x, 1)),
  }),
  optimizers: () => ({ G: sgd({ lr: 0.1 }), D: sgd({ lr: 0.1 }) }),
  phases: ({ fault }) => [
    phase({
      name: "critic",
      updates: fault === "unused" ? ["D", "E"] : ["D"],
      draws: { x: batch(), z: normal(2) },
      loss({ G, D }, { x, z }) {
        if (fault === "throws") throw new TypeError("x.foo is not a function");
        const term = tf.sub(tf.mean(D(G(z))), tf.mean(D(x)));
        if (fault === "no-term") return { terms: {} };
        if (fault === "term-shape") return { terms: { wrong: D(x) } };
        return { terms: { distance: fault === "term-nan" ? tf.log(tf.mul(-1, tf.abs(term))) : term } };
      },
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { z: normal(2) },
      loss: ({ G, D }, { z }) => ({ terms: { adversarial: tf.neg(tf.mean(D(G(z)))) } }),
    }),
  ],
  views: () => [view({ name: "samples", draws: { z: normal(2) }, render: ({ G }, { z }) => G(z) })],
});

export const register = (container) => container.register(VARIANT, { useValue: odd });
