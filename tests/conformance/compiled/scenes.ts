/** @file Small games that reach every phase of every variant, for comparing engines: plain JavaScript is slow. */
import {
  createContainer,
  float32,
  sizeOf,
  stream,
  VARIANT,
  type AnyVariant,
  type DataSource,
  type HostTensors,
} from "@gan-arena/core/base";
import type { Limit } from "@gan-arena/core/testing";
import { ring } from "@gan-arena/datasets";
import { register as registerCyclegan } from "@gan-arena/variants-cyclegan";
import { register as registerDcgan } from "@gan-arena/variants-dcgan";
import { register as registerGan } from "@gan-arena/variants-gan";
import { register as registerLsgan } from "@gan-arena/variants-lsgan";
import { register as registerStylegan } from "@gan-arena/variants-stylegan";
import { register as registerWgan } from "@gan-arena/variants-wgan";

const container = createContainer();
const REGISTRATIONS = [registerGan, registerDcgan, registerWgan, registerLsgan, registerCyclegan, registerStylegan];
for (const register of REGISTRATIONS) register(container);

/** Every variant that gan-arena brings. */
export const VARIANTS: readonly AnyVariant[] = container.resolveAll(VARIANT);

export function variantOf(name: string): AnyVariant {
  const found = VARIANTS.find((variant) => variant.name === name);
  if (!found) throw new Error(`there is no variant ${name}`);
  return found;
}

/** Uniform noise as pictures, labelled in turn when there are classes: what they show does not matter here. */
export function noisePictures(side: number, channels = 1, classes = 0): DataSource {
  const shape = [side, side, channels];
  return {
    spec: {
      name: `noise-${side}`,
      fields: { x: { shape, dtype: "float32" }, ...(classes > 0 ? { c: { shape: [], dtype: "int32" } } : {}) },
      image: { height: side, width: side, channels },
      size: Infinity,
      ...(classes > 0 ? { classes } : {}),
    },
    fingerprint: `noise-${side}x${channels}`,
    batch: ({ seed, position }, n): HostTensors => {
      const data = stream(seed, "tests/pictures").uniform(position, new Float32Array(n * sizeOf(shape)));
      const x = float32(
        [n, ...shape],
        data.map((value) => 2 * value - 1),
      );
      if (classes === 0) return { x };
      const c = Int32Array.from({ length: n }, (_, i) => (position + i) % classes);
      return { x, c: { shape: [n], dtype: "int32", data: c } };
    },
  };
}

/** Two domains of uniform noise, the second darker. */
export function noiseDomains(side: number): DataSource {
  const source = noisePictures(side, 3);
  const { x } = source.spec.fields;
  return {
    ...source,
    spec: { ...source.spec, fields: { x, y: x } },
    batch(cursor, n) {
      const x = source.batch(cursor, n)["x"];
      const other = source.batch({ ...cursor, seed: cursor.seed + 1 }, n)["x"];
      return {
        x,
        y: float32(
          other.shape,
          (other.data as Float32Array).map((value) => 0.5 * value - 0.5),
        ),
      };
    },
  };
}

export const ringPoints = async (): Promise<DataSource> =>
  (await ring.open(ring.config.parse({}), { home: "unused" })).train;

/** Which convolutions a compiled program of the scene must have. */
type Convolutions = "none" | "plain" | "blocked";

export interface SceneRow {
  readonly title: string;
  readonly variant: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly data: () => DataSource | Promise<DataSource>;
  readonly batchSize: number;
  /**
   * One for which no pre-activation is so near to 0 that rounding decides on which side of the kink of a rectifier it is, and
   * no gradient of a single number is a sum that all but cancels: changing the weights by a millionth moves no gradient by
   * more than a ten-thousandth of its largest element. With other seeds the cpu reference does not agree with itself.
   */
  readonly seed: number;
  /** `blocked`: a convolution's channels in and out are multiples of 16, and so of every block that there is. */
  readonly convolutions: Convolutions;
  /** Checks that the scene is known not to pass. */
  readonly limits?: readonly Limit[];
}

const pictures = (side: number) => () => noisePictures(side);

/** Fixed here, so that the seeds below stay good ones when the defaults are tuned. */
const GAN = { zDim: 4, lr: 1e-3, lrEnd: 0.1, beta1: 0.5, beta2: 0.99, r1Gamma: 0.1, emaHalfLifeKimg: 20 };
const DCGAN = { zDim: 8, lr: 2e-4, beta1: 0.5, beta2: 0.999 };

const ganOnRing = (loss: string): SceneRow => ({
  title: `gan, ${loss}, mlp on points`,
  variant: "gan",
  config: { ...GAN, loss, hidden: 16, k: 2 },
  data: ringPoints,
  batchSize: 8,
  seed: 9,
  convolutions: "none",
});

const ganOnPictures = (loss: string, architecture: "mlp" | "conv"): SceneRow => ({
  title: `gan, ${loss}, ${architecture} on 28 pixels`,
  variant: "gan",
  config: { ...GAN, loss, architecture, hidden: 16, filters: 16 },
  data: pictures(28),
  batchSize: 3,
  seed: 12,
  convolutions: architecture === "mlp" ? "none" : "blocked",
});

const dcganOn = (side: number, filters: number, convolutions: Convolutions): SceneRow => ({
  title: `dcgan, ${side} pixels, ${filters} filters`,
  variant: "dcgan",
  config: { ...DCGAN, filters },
  data: pictures(side),
  batchSize: side === 28 ? 4 : 2,
  seed: side === 64 ? 10 : 9,
  convolutions,
});

/** Fixed here as well. Weights are clipped so that every unit is used, which with the default of images is not so. */
const WGAN = {
  zDim: 4,
  hidden: 16,
  lr: 1e-3,
  lrEnd: 0.1,
  nCritic: 2,
  nCriticLong: 3,
  clipValue: 0.1,
  emaHalfLifeKimg: 20,
};
const WGAN_GP = { zDim: 4, hidden: 16, lr: 1e-3, lrEnd: 0.1, nCritic: 2, gpLambda: 10, beta1: 0, beta2: 0.9 };
const LSGAN = { zDim: 4, hidden: 16, lr: 1e-3, lrEnd: 0.1, beta1: 0.5, beta2: 0.99, r1Gamma: 0.1 };

const onRing = (variant: string, config: Readonly<Record<string, string | number>>, seed = 9): SceneRow => ({
  title: `${variant}, ${config["coding"] ?? "mlp"} on points`,
  variant,
  config,
  data: ringPoints,
  batchSize: 8,
  seed,
  convolutions: "none",
});

const onPictures = (
  variant: string,
  config: Readonly<Record<string, unknown>>,
  rest: { readonly side: number; readonly seed: number; readonly title?: string; readonly classes?: number },
): SceneRow => ({
  title: `${variant}, ${rest.title ?? ""}${rest.side} pixels`,
  variant,
  config: { filters: 16, ...config },
  data: () => noisePictures(rest.side, 1, rest.classes),
  batchSize: 3,
  seed: rest.seed,
  convolutions: "blocked",
});

const cycleganWith = (
  config: Readonly<Record<string, unknown>>,
  rest: Pick<SceneRow, "title" | "seed" | "convolutions" | "batchSize">,
): SceneRow => ({
  variant: "cyclegan",
  data: () => noiseDomains(16),
  ...rest,
  config: { cycleLambda: 10, historySize: 3, lr: 2e-4, beta1: 0.5, ...config },
});

/**
 * A penalty on a slope jumps where a rectifier before it changes sides. The tape knows the slope between the jumps, differences see
 * them too: with slopes of 0.2 the two are apart in all that lies before a rectifier, with slopes of 0.999 they agree.
 */
const KINKS: readonly Limit[] = [
  { reason: "R1 and path lengths jump at the kinks of rectifiers", tests: ["gradients"] },
];

/** One row of the mixing table is enough for most draws: samples that do not cross over ignore the second latent. */
const MIXING: readonly Limit[] = [
  {
    reason: "style mixing looks at the second latent of those samples only that cross over",
    tests: ["noise per sample"],
  },
];

const STYLEGAN = {
  zDim: 6,
  wDim: 8,
  mappingLayers: 2,
  mappingLrMultiplier: 0.1,
  mixingProbability: 0.9,
  stdDevGroup: 4,
  r1Gamma: 1,
  pathLengthWeight: 2,
  pathLengthShrink: 2,
  lr: 1e-3,
  beta1: 0,
  beta2: 0.99,
};

const styleganOn = (
  title: string,
  config: Readonly<Record<string, unknown>>,
  rest: Pick<SceneRow, "data" | "seed" | "convolutions" | "limits">,
): SceneRow => ({
  title: `stylegan, ${title}`,
  variant: "stylegan",
  batchSize: 4,
  ...rest,
  config: { ...STYLEGAN, ...config },
});

export const SCENES: readonly SceneRow[] = [
  ganOnRing("nonSaturating"),
  ganOnRing("minimax"),
  ganOnPictures("nonSaturating", "mlp"),
  ganOnPictures("minimax", "mlp"),
  ganOnPictures("nonSaturating", "conv"),
  ganOnPictures("minimax", "conv"),
  dcganOn(28, 16, "blocked"),
  dcganOn(28, 6, "plain"),
  dcganOn(32, 8, "blocked"),
  dcganOn(64, 8, "blocked"),
  onPictures("dcgan", { ...DCGAN, conditional: true }, { side: 28, seed: 9, title: "with labels, ", classes: 3 }),
  onRing("wgan", WGAN),
  onPictures("wgan", WGAN, { side: 28, seed: 9 }),
  onRing("wgan-gp", WGAN_GP),
  onPictures("wgan-gp", WGAN_GP, { side: 28, seed: 9 }),
  onRing("lsgan", LSGAN),
  onRing("lsgan", { ...LSGAN, coding: "pearson" }),
  onPictures("lsgan", { ...LSGAN, r1Gamma: 0 }, { side: 28, seed: 9 }),
  cycleganWith(
    { generator: "resnet", filters: 16, blocks: 1, criticFilters: 16, identityLambda: 0.5 },
    { title: "cyclegan, residual blocks", batchSize: 1, seed: 9, convolutions: "blocked" },
  ),
  cycleganWith(
    { generator: "unet", filters: 4, criticFilters: 6, identityLambda: 0 },
    { title: "cyclegan, U-Net without identity terms", batchSize: 2, seed: 9, convolutions: "blocked" },
  ),
  styleganOn(
    "modulated, skip",
    { style: "modulated", output: "skip", critic: "residual", filters: 16, maxFilters: 16, pathLengthWeight: 0 },
    { data: pictures(16), seed: 1, convolutions: "blocked" },
  ),
  styleganOn(
    "modulated, residual, conditional",
    { style: "modulated", output: "residual", critic: "plain", filters: 6, maxFilters: 6, conditional: true },
    { data: () => noisePictures(16, 1, 3), seed: 3, convolutions: "plain", limits: KINKS },
  ),
  styleganOn(
    "adain",
    { style: "adain", output: "skip", critic: "plain", filters: 6, maxFilters: 6 },
    { data: pictures(16), seed: 2, convolutions: "plain", limits: [...KINKS, ...MIXING] },
  ),
];
