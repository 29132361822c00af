/** @file The settings that every variant has beside its own: `regularizers.*` and `optimizer.<network>.*`. */
import { z, type ZodType } from "zod";
import type { AnyVariant } from "../di.js";

const weight = (name: string) => z.number().min(0).max(1e6).describe(name);

const regularizers = z.strictObject({
  r1: z.strictObject({ gamma: weight("gamma in gamma/2 E|grad D(x)|^2 at real samples (arXiv:1801.04406, Eq. 9)") }),
  r2: z.strictObject({ gamma: weight("gamma in gamma/2 E|grad D(xTilde)|^2 at generated samples (Eq. 10 there)") }),
  gradientPenalty: z.strictObject({
    lambda: weight("weight of E(|grad D(xHat)| - target)^2, xHat between real and generated (arXiv:1704.00028, Eq. 3)"),
    target: z.number().min(0).max(1e6).default(1).describe("slope that costs nothing; 0: zero-centred"),
    sided: z.enum(["two", "one"]).default("two").describe("one: only slopes above the target cost"),
  }),
  dragan: z.strictObject({
    lambda: weight("weight of E(|grad D| - 1)^2 around real samples (arXiv:1705.07215, Alg. 1)"),
    scale: z
      .number()
      .min(0)
      .max(100)
      .default(0.5)
      .describe("size of the perturbation in standard deviations of the batch"),
  }),
  lecam: z.strictObject({
    lambda: weight("weight that ties scores to the running mean of the other side (arXiv:2104.03310, Sec. 3)"),
    decay: z.number().min(0).max(0.99999).default(0.99).describe("decay of the running means, for each play"),
  }),
  labelSmoothing: z.strictObject({
    alpha: z
      .number()
      .min(0)
      .max(0.5)
      .describe("the label of real samples becomes 1 - alpha (arXiv:1606.03498, Sec. 3.4); for the logistic losses"),
  }),
  spectralNorm: z
    .boolean()
    .describe(
      "true divides each dense and convolution weight of the critics by its largest singular value (arXiv:1802.05957)",
    ),
  instanceNoise: z.strictObject({
    std: z.number().min(0).max(100).describe("deviation of the noise on all that critics see (arXiv:1610.04490)"),
    decayKimg: z
      .number()
      .min(0)
      .max(1e9)
      .default(0)
      .describe("the noise falls linearly to 0 over this many kimg; 0: it stays"),
  }),
  diffAugment: z.strictObject({
    policy: z
      .string()
      .regex(/^(color|translation|cutout)(,(color|translation|cutout))*$/)
      .describe(
        "what is done to all images that critics see: color, translation, cutout, joined by commas (arXiv:2006.10738)",
      ),
  }),
  ada: z.strictObject({
    target: z
      .number()
      .gt(-1)
      .lt(1)
      .default(0.6)
      .describe(
        "E[sign D(x)] above which images are augmented more often, below which less (arXiv:2006.06676, Sec. 3)",
      ),
    speedKimg: z
      .number()
      .gt(0)
      .max(1e6)
      .default(500)
      .describe("thousand images in which the probability can go from 0 to 1"),
    groups: z
      .string()
      .regex(/^(blit|color|cutout)(,(blit|color|cutout))*$/)
      .default("blit,color")
      .describe(
        "what is done to images with that probability: blit (mirror, turn, move), color, cutout, joined by commas",
      ),
  }),
  packing: z.strictObject({
    samples: z.int().min(1).max(64).describe("samples that a critic judges together, m of PacGAN (arXiv:1712.04086)"),
  }),
  topK: z.strictObject({
    fraction: z
      .number()
      .gt(0)
      .max(1)
      .describe("share of generated samples, those with the highest scores, that G learns from (arXiv:2002.06224)"),
  }),
});

const optimizer = z.strictObject({
  lr: z.number().gt(0).max(1e3).optional().describe("learning rate at the start"),
  beta1: z.number().min(0).max(0.99999).optional().describe("decay of Adam's first moment"),
  beta2: z.number().min(0).max(0.99999).optional().describe("decay of Adam's second moment"),
  alpha: z.number().min(0).max(0.99999).optional().describe("decay of RMSProp's mean of squares"),
  momentum: z.number().min(0).max(0.99999).optional().describe("share of the velocity that momentum keeps"),
});

/** The sections by name. A part that is left out is off, and leaves no trace in the config. */
const SECTIONS = {
  regularizers: regularizers.partial().optional(),
  optimizer: z
    .record(z.string(), optimizer)
    .optional()
    .describe("settings of one network's optimiser, for two time-scales: optimizer.D.lr=0.0004 (arXiv:1706.08500)"),
};

export type RegularizerSettings = z.infer<ReturnType<typeof regularizers.partial>>;
export type OptimizerSettings = Readonly<Record<string, z.infer<typeof optimizer>>>;

export interface PartsSettings {
  readonly regularizers?: RegularizerSettings;
  readonly optimizer?: OptimizerSettings;
}

interface ObjectSchema extends ZodType {
  readonly shape: Readonly<Record<string, ZodType>>;
  safeExtend(shape: Readonly<Record<string, ZodType>>): ZodType;
}

const isObject = (schema: ZodType): schema is ObjectSchema => "shape" in schema && "safeExtend" in schema;

const extended = new WeakMap<AnyVariant, AnyVariant>();

/**
 * The variant with the settings of the parts added to its own. `openGame` gives them their effect.
 *
 * A variant that has a setting of such a name itself keeps its own, and a config that is no object schema stays as it is.
 * @returns the same object for the same variant, so that a registry may be asked twice
 */
export function withPartsSettings(variant: AnyVariant): AnyVariant {
  const known = extended.get(variant);
  if (known) return known;
  const { config } = variant as { readonly config?: ZodType };
  if (!config || !isObject(config)) return variant;
  const missing = Object.entries(SECTIONS).filter(([name]) => !(name in config.shape));
  if (missing.length === 0) return variant;
  const result = copyOf(variant, { config: config.safeExtend(Object.fromEntries(missing)) });
  extended.set(variant, result);
  extended.set(result, result);
  return result;
}

/** A copy with some members changed, which keeps its class and may be spread. */
export const copyOf = (variant: AnyVariant, changes: Partial<AnyVariant>): AnyVariant =>
  Object.assign(Object.create(Object.getPrototypeOf(variant) as object) as AnyVariant, variant, changes);

/** What is switched on in a config. Sections that are the variant's own are not looked at. */
export function partsOf(variant: AnyVariant, config: unknown): PartsSettings {
  const own = ownSections(variant);
  const given = (config ?? {}) as PartsSettings;
  return {
    ...(own.includes("regularizers") ? {} : { regularizers: given.regularizers ?? {} }),
    ...(own.includes("optimizer") ? {} : { optimizer: given.optimizer ?? {} }),
  };
}

/** Sections that the variant itself declares, not {@link withPartsSettings}. */
function ownSections({ config }: AnyVariant): readonly string[] {
  if (!config || !isObject(config)) return [];
  return Object.entries(SECTIONS).flatMap(([name, schema]) =>
    name in config.shape && config.shape[name] !== schema ? [name] : [],
  );
}
