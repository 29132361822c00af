/** @file What a user may set. Defaults are for 16 to 64 pixels on a processor, not for the paper's 1024 on eight GPUs. */
import { z as zod } from "zod";

const fraction = (value: number) => zod.number().min(0).max(1).default(value);
const decay = (value: number) => zod.number().min(0).max(0.99999).default(value);

export const styleganConfig = zod.object({
  zDim: zod.int().min(1).max(4096).default(128).describe("length of the latent z"),
  wDim: zod.int().min(1).max(4096).default(128).describe("length of the mapped latent w"),
  mappingLayers: zod.int().min(1).max(16).default(2).describe("layers of the mapping network, 8 in the papers"),
  mappingLrMultiplier: zod
    .number()
    .min(1e-4)
    .max(1)
    .default(0.01)
    .describe("how fast the mapping network learns compared with the rest"),
  filters: zod
    .int()
    .min(1)
    .max(1024)
    .default(16)
    .describe("channels at the size of the image; doubled at each step away from it"),
  maxFilters: zod.int().min(1).max(2048).default(128).describe("channels are never more than this"),
  style: zod
    .enum(["modulated", "adain"])
    .default("modulated")
    .describe("how w acts: on the weights, with demodulation (2020), or on normalised feature maps (2019)"),
  output: zod
    .enum(["skip", "residual"])
    .default("skip")
    .describe("G adds up images of all sizes, or feature maps along residual connections"),
  critic: zod
    .enum(["residual", "plain"])
    .default("residual")
    .describe("D with residual connections, or without as in 2019"),
  conditional: zod.boolean().default(false).describe("whether G and D are told the label of each sample"),
  mixingProbability: fraction(0.9).describe("share of samples whose styles come from two latents"),
  stdDevGroup: zod
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe("samples that D compares with each other by their standard deviation"),
  wAvgDecay: decay(0.998).describe("share of the running mean of w that is kept at each update"),
  truncationPsi: zod
    .number()
    .min(-1)
    .max(2)
    .default(1)
    .describe("how far samples lie from the mean of w: 1 as trained, 0 the mean image"),
  r1Gamma: zod.number().min(0).max(1e4).default(5).describe("weight of R1, the slope of D at real images; 0 for none"),
  r1Every: zod.int().min(1).max(1024).default(16).describe("rounds from one R1 phase to the next"),
  pathLengthWeight: zod.number().min(0).max(1e4).default(2).describe("weight of the path length of G; 0 for none"),
  pathLengthEvery: zod.int().min(1).max(1024).default(4).describe("rounds from one path-length phase to the next"),
  pathLengthShrink: zod
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe("path lengths are measured on this fraction of the batch"),
  lr: zod.number().min(1e-7).max(1).default(4e-3).describe("learning rate of all networks"),
  beta1: decay(0).describe("decay of Adam's first moment"),
  beta2: decay(0.99).describe("decay of Adam's second moment"),
  emaHalfLifeKimg: zod
    .number()
    .min(0)
    .max(1e6)
    .default(10)
    .describe("half-life in kimg of the averaged G that is drawn and judged; 0 turns it off"),
});

export type StyleganConfig = zod.infer<typeof styleganConfig>;
