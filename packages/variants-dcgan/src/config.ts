/** @file What a user may set of DCGAN. */
import { lossField, badConfig, type DataSpec } from "@gan-arena/core";
import { z } from "zod";

export const dcganConfig = z.object({
  loss: lossField("nonSaturating"),
  zDim: z.int().min(1).max(4096).default(100).describe("length of the latent z"),
  zPrior: z
    .enum(["uniform", "normal"])
    .default("uniform")
    .describe("distribution of z: uniform on [-1,1] as in the paper, or standard normal"),
  filters: z
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe("channels of the convolution nearest to the image; doubled at each step away from it"),
  kernel: z
    .union([z.literal(4), z.literal(5)])
    .default(4)
    .describe("height and width of the filters"),
  conditional: z
    .boolean()
    .default(false)
    .describe("whether G and D are told the label of each sample (Miyato and Koyama 2018)"),
  lr: z.number().min(1e-7).max(1).default(4e-4).describe("learning rate of both networks"),
  beta1: z.number().min(0).max(0.9999).default(0.5).describe("decay of Adam's first moment"),
  beta2: z.number().min(0).max(0.99999).default(0.999).describe("decay of Adam's second moment"),
  emaHalfLifeKimg: z
    .number()
    .min(0)
    .max(1e6)
    .default(10)
    .describe("half-life in kimg of the averaged G that is drawn and judged; 0 turns it off"),
});

export type DcganConfig = z.infer<typeof dcganConfig>;

/** Number of labels that the networks are told, 0 for none. @throws GanError BAD_CONFIG when they should and there are none */
export function classesOf({ conditional }: DcganConfig, { name, classes = 0, fields }: DataSpec): number {
  if (!conditional) return 0;
  if (classes === 0 || !("c" in fields))
    throw badConfig("dcgan/conditional", `true needs labels, and "${name}" has none; leave it false`);
  return classes;
}
