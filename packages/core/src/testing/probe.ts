/** @file A variant that no engine gets right by chance: convolutions, statistics, second derivatives, memory, an average. */
import { z } from "zod";
import { defineVariant, normal, batch, phase, uniform, view } from "../game/index.js";
import { nonSaturating } from "../losses/index.js";
import { momentum } from "../optimizers/index.js";
import { gradientPenalty } from "../penalties/index.js";
import { lerp } from "../tensor/index.js";
import { tf } from "../tensor/tf.js";

/** For pictures of 28 pixels. Smooth, and moved in proportion to its gradients: rounding stays as small as it is. */
export const probe = defineVariant({
  name: "probe",
  paper: { title: "none", authors: "nobody", year: 2026 },
  deviations: [],
  config: z.object({}),
  searchSpace: {},
  networks: (_, { image }) => ({
    G: (nn, z) => {
      const h = tf.reshape(tf.tanh(nn.dense(z, 7 * 7 * 4)), [-1, 7, 7, 4]);
      const up = tf.tanh(nn.batchNorm(nn.convTranspose2d(h, 4, { kernel: 4, stride: 2, bias: false }))); // [N,14,14,4]
      return tf.tanh(nn.convTranspose2d(up, image?.channels ?? 1, { kernel: 4, stride: 2 }));
    },
    D: (nn, x) => {
      const h = tf.softplus(nn.conv2d(x, 4, { kernel: 4, stride: 2 }));
      return nn.dense(tf.reshape(tf.softplus(nn.layerNorm(h)), [-1, 14 * 14 * 4]), 1);
    },
  }),
  optimizers: () => ({ G: momentum({ lr: 1e-3, momentum: 0.5 }), D: momentum({ lr: 1e-3, momentum: 0.5 }) }),
  averages: () => ({ G: 0.01 }),
  phases: () => [
    phase({
      name: "critic",
      updates: ["D"],
      draws: { x: batch(), z: normal(5), epsilon: uniform() },
      memory: { distance: 0 },
      loss({ G, D }, { x, z, epsilon }, { distance }) {
        const [fake, real] = [G(z), D(x)];
        const adversarial = nonSaturating.discriminator({ real, fake: D(fake) });
        return {
          terms: { adversarial, penalty: tf.mul(0.1, gradientPenalty(D, lerp(fake, x, epsilon))) },
          probes: { "score/distance": distance },
          remember: { distance: tf.add(tf.mul(0.5, distance), tf.mul(0.5, adversarial)) },
        };
      },
    }),
    phase({
      name: "generator",
      updates: ["G"],
      draws: { z: normal(5) },
      loss: ({ G, D }, { z }) => ({ terms: { adversarial: nonSaturating.generator({ fake: D(G(z)) }) } }),
    }),
  ],
  views: () => [view({ name: "samples", draws: { z: normal(5) }, render: ({ G }, { z }) => G(z) })],
});
