/**
 * @file Gaussians on a square grid: more modes than the ring, and modes with neighbours on all sides.
 *
 * 25 modes with standard deviation 0.05 as in Srivastava et al. 2017 (VEEGAN, arXiv:1705.07761) and Lin et al. 2018
 * (PacGAN, arXiv:1712.04086), whose centres are 2 apart. Here they are 1 apart, from -2 to 2, so that the points have
 * the extent of the ring and one network, with one initialisation, suits both; neighbours are still 20 standard
 * deviations apart, so the circles of 3 deviations in which a sample counts for a mode do not meet.
 */
import type { Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { openMixture } from "./mixture.js";

const config = z.object({
  side: z.int().min(1).max(32).default(5).describe("modes along each axis; there are side * side"),
  spacing: z.number().min(0).max(1000).default(1).describe("distance between neighbours; the grid is centred on 0"),
  std: z.number().min(1e-6).max(1000).default(0.05).describe("standard deviation of each Gaussian along each axis"),
});

export type GridConfig = z.infer<typeof config>;

export const grid: Dataset<GridConfig> = {
  name: "grid",
  summary: "25 Gaussians on a square grid in the plane (Srivastava 2017)",
  licence: "none needed: synthetic",
  kind: "points",
  config,
  open: async ({ side, spacing, std }) => {
    const along = Array.from({ length: side }, (_, i) => spacing * (i - (side - 1) / 2));
    return openMixture({ name: "grid", centres: along.flatMap((x) => along.map((y) => [x, y])), std });
  },
};
