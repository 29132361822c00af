/**
 * @file The networks of DCGAN: Radford, Metz and Chintala 2016, arXiv:1511.06434, Sec. 3 and Fig. 1. WGAN and WGAN-GP use
 * them with another normalisation in D.
 */
import type { DataSpec } from "../../contracts/dataset.js";
import type { Network } from "../../contracts/variant.js";
import { badConfig } from "../../errors.js";
import { tf, type Tensor } from "../../tensor/tf.js";
import { normalInit } from "../initializers.js";
import type { Scope } from "../scope.js";
import { conditionalBatchNorm, projection } from "./labels.js";

/** Slope of the leaky rectifier for negative inputs, Sec. 4. */
const SLOPE = 0.2;
/** Weights begin as N(0, 0.02), Sec. 4. */
const init = normalInit(0.02);
/** The factor of a normalisation begins near 1, as in the authors' code. */
const scaleInit = normalInit(0.02, 1);

export interface DcganPlan {
  /** Side of the smallest feature map. */
  readonly base: number;
  /** Steps of stride 2 from there to the image. */
  readonly steps: number;
  readonly channels: number;
}

/** @param where the variant, for messages @throws GanError BAD_CONFIG unless the data are square images of 28, 32 or 64 pixels */
export function dcganPlan(where: string, { name, image }: DataSpec): DcganPlan {
  const sides: Readonly<Record<number, { readonly base: number; readonly steps: number }>> = {
    28: { base: 7, steps: 2 },
    32: { base: 4, steps: 3 },
    64: { base: 4, steps: 4 },
  };
  const found = image && image.height === image.width ? sides[image.height] : undefined;
  if (!image || !found) {
    const got = image ? `${image.height}x${image.width} images` : "points";
    throw badConfig(
      where,
      `needs square images of 28, 32 or 64 pixels, got ${got} from "${name}"; choose another data set or size`,
    );
  }
  return { ...found, channels: image.channels };
}

export interface DcganOptions {
  /** Channels of the convolution nearest to the image; doubled at each step away from it. */
  readonly filters: number;
  /** Height and width of the filters. */
  readonly kernel: number;
  /** Number of labels; then the networks are called with them, `G(z, c)` and `D(x, c)`. Default 0, without labels. */
  readonly classes?: number;
}

/** @returns z `[N,zDim]` to images `[N,H,W,C]` in [-1,1] */
export function dcganGenerator({ filters, kernel, classes = 0 }: DcganOptions, plan: DcganPlan): Network {
  const { base, steps, channels } = plan;
  return (nn, z, c) => {
    const widest = filters * 2 ** (steps - 1);
    const normalized = (h: Tensor): Tensor =>
      classes > 0 ? conditionalBatchNorm(nn, h, { c, classes, scaleInit }) : nn.batchNorm(h, { scaleInit });
    // Fig. 1: project and reshape.
    const projected = nn.dense(z, base * base * widest, { init, bias: false, name: "project" });
    let h = tf.relu(normalized(tf.reshape(projected, [-1, base, base, widest])));
    for (let step = steps - 2; step >= 0; step--) {
      h = nn.convTranspose2d(h, filters * 2 ** step, { kernel, stride: 2, init, bias: false });
      h = tf.relu(normalized(h)); // [N,2H,2W,filters 2^step]
    }
    // Sec. 3: no batch normalisation at the output of G.
    return tf.tanh(nn.convTranspose2d(h, channels, { kernel, stride: 2, init }));
  };
}

/**
 * @param options.norm what stands where the paper has batch normalisation; a critic with a gradient penalty must not couple
 *   its samples and takes `layer` or `none`
 * @returns images `[N,H,W,C]` to raw scores `[N,1]`; with labels a projection discriminator
 */
export function dcganCritic(
  { filters, kernel, classes = 0, norm = "batch" }: DcganOptions & { readonly norm?: "batch" | "layer" | "none" },
  { base, steps }: DcganPlan,
): Network {
  const normalized = (nn: Scope, h: Tensor): Tensor =>
    norm === "none" ? h : norm === "layer" ? nn.layerNorm(h, { scaleInit }) : nn.batchNorm(h, { scaleInit });
  return (nn, x, c) => {
    // Sec. 3: no batch normalisation at the input of D.
    let h = tf.leakyRelu(nn.conv2d(x, filters, { kernel, stride: 2, init }), SLOPE);
    for (let step = 1; step < steps; step++) {
      h = nn.conv2d(h, filters * 2 ** step, { kernel, stride: 2, init, bias: norm === "none" });
      h = tf.leakyRelu(normalized(nn, h), SLOPE); // [N,H/2,W/2,filters 2^step]
    }
    const flat = tf.reshape(h, [-1, base * base * filters * 2 ** (steps - 1)]);
    const score = nn.dense(flat, 1, { init, name: "score" });
    return classes > 0 ? tf.add(score, projection(nn, h, { c, classes })) : score;
  };
}
