/** @file What a user may set of the GAN. */
import { lossField, type DataSpec } from "@gan-arena/core";
import { z } from "zod";

export const ganConfig = z.object({
  loss: lossField("nonSaturating"),
  zDim: z
    .union([z.literal("auto"), z.int().min(1).max(4096)])
    .default("auto")
    .describe("length of the latent z; auto: 4 for points, 64 for images"),
  zPrior: z
    .enum(["normal", "uniform"])
    .default("normal")
    .describe("distribution of z: standard normal, or uniform on [-1,1]"),
  architecture: z
    .enum(["auto", "mlp", "conv"])
    .default("auto")
    .describe("networks: mlp, small convolutional nets (images only), or auto: mlp for points, conv for images"),
  hidden: z.int().min(1).max(8192).default(64).describe("units of each hidden layer of an mlp"),
  layers: z.int().min(1).max(8).default(3).describe("hidden layers of an mlp"),
  filters: z.int().min(1).max(1024).default(32).describe("channels of the convolution nearest to the image"),
  k: z.int().min(1).max(100).default(1).describe("steps of D for each step of G, k in Algorithm 1"),
  lr: z
    .union([z.literal("auto"), z.number().min(1e-7).max(1)])
    .default("auto")
    .describe("learning rate of both networks at the start; auto: 0.004 for points, 0.0005 for images"),
  lrEnd: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe("share of the learning rate that is left at the end; it falls linearly"),
  beta1: z.number().min(0).max(0.9999).default(0.5).describe("decay of Adam's first moment"),
  beta2: z.number().min(0).max(0.99999).default(0.99).describe("decay of Adam's second moment"),
  r1Gamma: z
    .union([z.literal("auto"), z.number().min(0).max(1e4)])
    .default("auto")
    .describe(
      "weight of the R1 penalty, gamma in gamma/2 E|grad D(x)|^2; 0 turns it off; auto: 0.01 for points, 1 for images",
    ),
  emaHalfLifeKimg: z
    .number()
    .min(0)
    .max(1e6)
    .default(20)
    .describe("half-life in kimg of the averaged G that is drawn and judged; 0 turns it off"),
});

export type GanConfig = z.infer<typeof ganConfig>;

/** The config with every `auto` decided for the data. */
export interface GanSettings extends GanConfig {
  readonly zDim: number;
  readonly lr: number;
  readonly r1Gamma: number;
}

/** Points on narrow modes want a fast, lightly damped game, images a slow one; both were tuned for short runs. */
const AUTO = {
  points: { zDim: 4, lr: 4e-3, r1Gamma: 0.01 },
  images: { zDim: 64, lr: 5e-4, r1Gamma: 1 },
};

export function settingsFor(config: GanConfig, { image }: DataSpec): GanSettings {
  const auto = image ? AUTO.images : AUTO.points;
  const decide = (field: keyof typeof auto): number => {
    const value = config[field];
    return value === "auto" ? auto[field] : value;
  };
  return { ...config, zDim: decide("zDim"), lr: decide("lr"), r1Gamma: decide("r1Gamma") };
}
