/** @file What a user may set of LSGAN. */
import type { DataSpec, LeastSquaresTargets } from "@gan-arena/core";
import { z } from "zod";

/** The paper's two choices of targets: Eq. 8, which minimises the Pearson chi^2 divergence, and Eq. 9. */
const CODINGS = { pearson: { a: -1, b: 1, c: 0 }, zeroOne: { a: 0, b: 1, c: 1 } } as const;

const auto = (number: z.ZodNumber | z.ZodInt) => z.union([z.literal("auto"), number]).default("auto");
const target = (what: string) =>
  z
    .union([z.literal("auto"), z.number().min(-100).max(100)])
    .default("auto")
    .describe(`${what}; auto: as coding says`);

export const lsganConfig = z.object({
  coding: z
    .enum(["zeroOne", "pearson"])
    .default("zeroOne")
    .describe("targets: a=0, b=c=1 (Eq. 9), or a=-1, b=1, c=0, which minimises the Pearson divergence (Eq. 8)"),
  a: target("what D gives to generated samples"),
  b: target("what D gives to real samples"),
  c: target("what G wants D to give to its samples"),
  zDim: auto(z.int().min(1).max(4096)).describe("length of the latent z; auto: 4 for points, 64 for images"),
  hidden: z.int().min(1).max(8192).default(64).describe("units of each hidden layer, for points"),
  layers: z.int().min(1).max(8).default(3).describe("hidden layers, for points"),
  filters: z.int().min(1).max(1024).default(32).describe("channels of the convolution nearest to the image"),
  lr: auto(z.number().min(1e-7).max(1)).describe(
    "learning rate of both networks at the start; auto: 0.004 for points, 0.0005 for images",
  ),
  lrEnd: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe("share of the learning rate that is left at the end; it falls linearly"),
  beta1: z.number().min(0).max(0.9999).default(0.5).describe("decay of Adam's first moment"),
  beta2: z.number().min(0).max(0.99999).default(0.99).describe("decay of Adam's second moment"),
  r1Gamma: auto(z.number().min(0).max(1e4)).describe(
    "weight of the R1 penalty, gamma in gamma/2 E|grad D(x)|^2; auto: 0.01 for points, 0 (none) for images",
  ),
  emaHalfLifeKimg: z
    .number()
    .min(0)
    .max(1e6)
    .default(20)
    .describe("half-life in kimg of the averaged G that is drawn and judged; 0 turns it off"),
});

export type LsganConfig = z.infer<typeof lsganConfig>;

/** The numbers that stand for `auto`. */
const AUTO = { points: { zDim: 4, lr: 4e-3, r1Gamma: 0.01 }, images: { zDim: 64, lr: 5e-4, r1Gamma: 0 } };

export function settingsFor(config: LsganConfig, { image }: DataSpec): typeof AUTO.points {
  const auto = image ? AUTO.images : AUTO.points;
  const decide = (field: keyof typeof auto): number => {
    const value = config[field];
    return value === "auto" ? auto[field] : value;
  };
  return { zDim: decide("zDim"), lr: decide("lr"), r1Gamma: decide("r1Gamma") };
}

/** The three targets of Eq. 2. */
export function targetsOf(config: Pick<LsganConfig, "coding" | "a" | "b" | "c">): Required<LeastSquaresTargets> {
  const coded = CODINGS[config.coding];
  const decide = (field: "a" | "b" | "c"): number => {
    const value = config[field];
    return value === "auto" ? coded[field] : value;
  };
  return { a: decide("a"), b: decide("b"), c: decide("c") };
}
