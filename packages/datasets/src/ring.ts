/**
 * @file Gaussians on a ring, the first test for mode collapse.
 *
 * Metz et al. 2017, "Unrolled Generative Adversarial Networks", arXiv:1611.02163, Sec. 3.1 and App. A: 8 modes,
 * radius 2, standard deviation 0.02.
 */
import type { Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { openMixture } from "./mixture.js";

const config = z.object({
  modes: z.int().min(1).max(1000).default(8).describe("number of Gaussians, evenly spaced, the first at angle 0"),
  radius: z.number().min(0).max(1000).default(2).describe("distance of their centres from the origin"),
  std: z.number().min(1e-6).max(1000).default(0.02).describe("standard deviation of each Gaussian along each axis"),
});

export type RingConfig = z.infer<typeof config>;

export const ring: Dataset<RingConfig> = {
  name: "ring",
  summary: "8 Gaussians on a circle in the plane (Metz 2017)",
  licence: "none needed: synthetic",
  kind: "points",
  config,
  open: async ({ modes, radius, std }) =>
    openMixture({
      name: "ring",
      centres: Array.from({ length: modes }, (_, i) => {
        const angle = (2 * Math.PI * i) / modes;
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
      }),
      std,
    }),
};
