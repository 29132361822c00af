/** @file What convolutions have in common. */
import type { Tensor } from "../../tensor/tf.js";
import { badLayerOption, badRank } from "../errors.js";
import type { Variables } from "../scope.js";
import type { WeightOptions } from "./weights.js";

/** One number for both directions, or height and width. */
export type Extent = number | readonly [number, number];

export interface ConvolutionOptions extends WeightOptions {
  /** Height and width of the filter. Default 3. */
  readonly kernel?: Extent;
  /** Default 1. */
  readonly stride?: Extent;
  /** `same` as in TensorFlow, `valid` for none, a number of zeros on every side as in PyTorch. Default `same`. */
  readonly padding?: "same" | "valid" | number;
}

export type Image = [number, number, number, number];

export const pairOf = (extent: Extent): [number, number] =>
  typeof extent === "number" ? [extent, extent] : [extent[0], extent[1]];

/** @throws GanError SHAPE_MISMATCH unless x is `[N,H,W,C]` */
export function imageShape(nn: Variables, x: Tensor): Image {
  if (x.rank !== 4) throw badRank(nn.path, "4, [N,H,W,C]", x.shape);
  return x.shape as Image;
}

/** @throws GanError BAD_PLUGIN unless every number is whole and at least `least` */
export function checkExtents(nn: Variables, extents: Readonly<Record<string, Extent>>, least = 1): void {
  for (const [name, extent] of Object.entries(extents))
    if (pairOf(extent).some((size) => !Number.isInteger(size) || size < least))
      throw badLayerOption(
        nn.path,
        `${name} must be a whole number from ${least} on, got ${String(extent)}; change it`,
      );
}
