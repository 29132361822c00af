/** @file What the two critics share: settings, networks and the generator's phase. */
import {
  dcganCritic,
  dcganGenerator,
  dcganPlan,
  normal,
  perceptrons,
  phase,
  view,
  wasserstein,
  type DataSpec,
  type Network,
  type Phase,
  type View,
} from "@gan-arena/core";
import { z } from "zod";

/** A number that has a default for points and another one for images. */
export const auto = (number: z.ZodNumber | z.ZodInt) => z.union([z.literal("auto"), number]).default("auto");

/** What stands for `auto`. */
export const decide = (value: number | "auto", { image }: DataSpec, by: { points: number; images: number }): number =>
  value !== "auto" ? value : image ? by.images : by.points;

export const COMMON_CONFIG = {
  zDim: auto(z.int().min(1).max(4096)).describe("length of the latent z; auto: 4 for points, 64 for images"),
  hidden: z.int().min(1).max(8192).default(64).describe("units of each hidden layer, for points"),
  layers: z.int().min(1).max(8).default(3).describe("hidden layers, for points"),
  filters: z
    .int()
    .min(1)
    .max(1024)
    .default(32)
    .describe("channels of the convolution nearest to the image; doubled at each step away from it"),
  nCritic: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe("steps of the critic for each step of G, n_critic in Algorithm 1"),
  emaHalfLifeKimg: z
    .number()
    .min(0)
    .max(1e6)
    .default(20)
    .describe("half-life in kimg of the averaged G that is drawn and judged; 0 turns it off"),
};

interface Common {
  readonly zDim: number | "auto";
  readonly hidden: number;
  readonly layers: number;
  readonly filters: number;
}

const latent = (config: Common, data: DataSpec) => normal(decide(config.zDim, data, { points: 4, images: 64 }));

/** DCGAN's networks for images, perceptrons for points. @param options.norm the critic's, for images */
export function networks(
  config: Common,
  data: DataSpec,
  { variant, norm }: { readonly variant: string; readonly norm: "batch" | "layer" },
): { readonly G: Network; readonly D: Network } {
  if (!data.image) return perceptrons(config, data);
  const plan = dcganPlan(variant, data);
  const options = { filters: config.filters, kernel: 4 };
  return { G: dcganGenerator(options, plan), D: dcganCritic({ ...options, norm }, plan) };
}

/** What every play of both phases draws noise from. */
export const draws = (config: Common, data: DataSpec) => ({ z: latent(config, data) });

/** G minimises -E[D(G(z))]: Algorithm 1 of both papers, the last two lines. */
export const generatorPhase = (config: Common, data: DataSpec): Phase =>
  phase({
    name: "generator",
    updates: ["G"],
    draws: draws(config, data),
    loss: ({ G, D }, { z }) => ({ terms: { adversarial: wasserstein.generator({ fake: D(G(z)) }) } }),
  });

export const views = (config: Common, data: DataSpec): View[] => [
  view({ name: "samples", draws: draws(config, data), render: ({ G }, { z }) => G(z) }),
];

export const averages = ({ emaHalfLifeKimg }: { readonly emaHalfLifeKimg: number }): Record<string, number> =>
  emaHalfLifeKimg > 0 ? { G: emaHalfLifeKimg } : {};
