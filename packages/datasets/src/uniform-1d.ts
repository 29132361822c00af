/** @file The uniform distribution on an interval: the simplest target of a push-forward, and one with hard ends. */
import type { Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { openDistribution } from "./distribution.js";

const config = z
  .object({
    low: z.number().min(-1000).max(1000).default(-1).describe("left end of the interval, included"),
    high: z.number().min(-1000).max(1000).default(1).describe("right end of the interval, excluded; above low"),
  })
  .refine(({ low, high }) => low < high, { error: "high must be above low", path: ["high"] });

export type Uniform1dConfig = z.infer<typeof config>;

export const uniform1d: Dataset<Uniform1dConfig> = {
  name: "uniform-1d",
  summary: "the uniform distribution on an interval",
  licence: "none needed: synthetic",
  kind: "points",
  config,
  open: async ({ low, high }) =>
    openDistribution({
      name: "uniform-1d",
      dim: 1,
      parameters: { low, high },
      sampler(draw) {
        const uniform = draw("x");
        return (block, out) => {
          uniform.uniform(block, out);
          for (let i = 0; i < out.length; i++) out[i] = low + (high - low) * out[i];
        };
      },
    }),
};
