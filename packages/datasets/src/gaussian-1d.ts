/**
 * @file One Gaussian on the line: its density is known, so D* and every divergence can be computed beside the training.
 *
 * The mean is away from 0, where a fresh generator sits, so that there is something to learn.
 */
import type { Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { openMixture } from "./mixture.js";

const config = z.object({
  mean: z.number().min(-1000).max(1000).default(2).describe("mean of the Gaussian"),
  std: z.number().min(1e-6).max(1000).default(0.5).describe("standard deviation of the Gaussian"),
});

export type Gaussian1dConfig = z.infer<typeof config>;

export const gaussian1d: Dataset<Gaussian1dConfig> = {
  name: "gaussian-1d",
  summary: "one Gaussian on the line",
  licence: "none needed: synthetic",
  kind: "points",
  config,
  open: async ({ mean, std }) => openMixture({ name: "gaussian-1d", centres: [[mean]], std }),
};
