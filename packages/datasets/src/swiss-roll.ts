/**
 * @file The Swiss roll: a spiral in the plane, connected but far from convex.
 *
 * With u uniform in [0,1): t = (3 pi / 2)(1 + 2u), x = (t cos t, t sin t) + noise * normal, divided by 7.5, which gives
 * standard deviations near 1. These are the noise and the scale of the toy experiments of Gulrajani et al. 2017
 * (arXiv:1704.00028, Fig. 1).
 */
import type { Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { BLOCK, openDistribution } from "./distribution.js";

const config = z.object({
  noise: z
    .number()
    .min(0)
    .max(10)
    .default(0.25)
    .describe("standard deviation of the noise on each axis, before scaling"),
  scale: z
    .number()
    .min(0.01)
    .max(1000)
    .default(7.5)
    .describe("the roll is divided by this; its radius is 3 pi / 2 to 9 pi / 2 before"),
});

export type SwissRollConfig = z.infer<typeof config>;

export const swissRoll: Dataset<SwissRollConfig> = {
  name: "swiss-roll",
  summary: "a noisy spiral in the plane (Gulrajani 2017)",
  licence: "none needed: synthetic",
  kind: "points",
  config,
  open: async ({ noise, scale }) =>
    openDistribution({
      name: "swiss-roll",
      dim: 2,
      parameters: { noise, scale },
      sampler(draw) {
        const along = draw("t");
        const across = draw("noise");
        const u = new Float32Array(BLOCK);
        return (block, out) => {
          along.uniform(block, u);
          across.normal(block, out);
          for (let i = 0; i < BLOCK; i++) {
            const t = 1.5 * Math.PI * (1 + 2 * u[i]);
            out[2 * i] = (t * Math.cos(t) + noise * out[2 * i]) / scale;
            out[2 * i + 1] = (t * Math.sin(t) + noise * out[2 * i + 1]) / scale;
          }
        };
      },
    }),
};
