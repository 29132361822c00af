/** @file The shape of the networks for one config and one data set: sizes, channels, layers, styles and noise. */
import { badConfig, type DataSpec } from "@gan-arena/core";
import type { StyleganConfig } from "./config.js";

/** Feature maps of one size. */
interface Level {
  readonly side: number;
  readonly width: number;
}

/** One styled layer of G: a convolution (none for the constant of 2019), noise, a bias and a rectifier. */
export interface StyledLayer {
  readonly level: number;
  readonly kind: "constant" | "conv" | "upConv";
  /** Where its noise lies in the one vector of noise that is drawn for a sample. */
  readonly noiseAt: number;
}

export interface Plan {
  /** From the smallest to the size of the image. */
  readonly levels: readonly Level[];
  readonly layers: readonly StyledLayer[];
  /** Copies of w that G takes: one for each styled layer, one more for the last layer that makes colours. */
  readonly styles: number;
  /** Numbers of noise for one sample, over all layers. */
  readonly noise: number;
  /** Colours of the image. */
  readonly channels: number;
  /** Number of labels, or 0 when nothing depends on them. */
  readonly classes: number;
}

/** Side of the smallest feature map by side of the image; it doubles from there. */
const BASES: Readonly<Record<number, number>> = { 16: 4, 28: 7, 32: 4, 64: 4 };

/** @throws GanError BAD_CONFIG when the data are no images of a side that G can make, or have no labels and should */
export function planFor(config: StyleganConfig, { name, image, classes }: DataSpec): Plan {
  const base = image && image.height === image.width ? BASES[image.height] : undefined;
  if (!image || base === undefined) {
    const got = image ? `${image.height}x${image.width} images` : "points";
    throw badConfig(
      "stylegan",
      `needs square images of 16, 28, 32 or 64 pixels, got ${got} from "${name}"; choose another data set or size`,
    );
  }
  if (config.conditional && classes === undefined)
    throw badConfig("stylegan", `conditional=true needs labels, and "${name}" has none; leave it false`);
  const steps = Math.log2(image.height / base);
  const levels = Array.from({ length: steps + 1 }, (_, step): Level => ({
    side: base * 2 ** step,
    width: Math.min(config.maxFilters, config.filters * 2 ** (steps - step)),
  }));
  const layers = layersOf(levels, config.style);
  const { level, noiseAt } = layers[layers.length - 1];
  return {
    levels,
    layers,
    styles: layers.length + 1,
    noise: noiseAt + levels[level].side ** 2,
    channels: image.channels,
    classes: config.conditional ? (classes ?? 0) : 0,
  };
}

function layersOf(levels: readonly Level[], style: StyleganConfig["style"]): StyledLayer[] {
  const layers: StyledLayer[] = [];
  let noiseAt = 0;
  levels.forEach(({ side }, level) => {
    // 2020, Sec. 2: noise, bias and style of the constant are left out.
    const first = level > 0 ? (["upConv"] as const) : style === "adain" ? (["constant"] as const) : [];
    for (const kind of [...first, "conv" as const]) {
      layers.push({ level, kind, noiseAt });
      noiseAt += side ** 2;
    }
  });
  return layers;
}
