/** @file Zeros around an image, for kernels that are slow where they look past the border. */
import { sizeOf } from "@gan-arena/core/base";
import type { Value } from "../graph/ir.js";
import { blockedConv, sameFactor } from "./blocked.js";
import { POINT, type Extents } from "./geometry.js";
import { blockedImage } from "./layout.js";
import { int, ints, type Lowering } from "./lowering.js";

/** Numbers from which on an image is worth sharing out between threads. */
const SHARED = 1 << 18;

/**
 * A convolution of one tap that sees its own channel writes them in about half of the time of the Pad kernel, which has one thread.
 *
 * @param image name of a blocked image
 * @param pads top, left, bottom, right; below zero they cut
 * @returns the name of the image `[N, C/b, H + top + bottom, W + left + right, b]`
 */
export function padBlocked(
  context: Lowering,
  image: string,
  { shape, pads }: { shape: readonly number[]; pads: readonly number[] },
): string {
  const { block } = context.policy;
  const [n, height, width, channels] = shape as Extents;
  const [top, left, bottom, right] = pads;
  if (pads.every((extent) => extent === 0)) return image;
  if (sizeOf(shape) < SHARED || pads.some((extent) => extent < 0))
    return padPixels(context, context.reshaped(image, [n, channels / block, height, width, block]), { pads, first: 2 });
  const padded = blockedConv(context, {
    image: context.reshaped(image, [n, channels, height, width]),
    weights: sameFactor(context, channels, 1),
    attributes: { ...POINT, pads: ints(pads), group: int(channels) },
  });
  return context.reshaped(padded, [n, channels / block, height + top + bottom, width + left + right, block]);
}

/** Zeros around images whose rows are the axis `first`. */
export function padPixels(
  context: Lowering,
  images: string,
  { pads, first }: { pads: readonly number[]; first: number },
): string {
  if (pads.every((extent) => extent === 0)) return images;
  const [top, left, bottom, right] = pads;
  const axes = context.int64s([first, first + 1]);
  const inputs = [images, context.int64s([top, left, bottom, right]), context.scalar(0), axes];
  return context.emit({ op: "Pad", inputs });
}

/** A blocked image that is to be copied pixel by pixel. */
export interface PaddedImage {
  readonly name: string;
  readonly width: number;
  /** A pixel, of one block of channels, that is zero; if there is one. */
  readonly zero: number;
}

/**
 * The image with zeros at both sides. Above and below none are needed: pixels there are copies of one at a side, for which a column
 * is added where there is none.
 *
 * @param zero whether a zero is needed whatever the padding
 */
export function padColumns(
  context: Lowering,
  x: Value,
  { pads: [top, left, bottom, right], zero = false }: { pads: readonly number[]; zero?: boolean },
): PaddedImage {
  const somewhere = left + right === 0 && (top + bottom > 0 || zero) ? 1 : 0;
  const width = x.shape[2] + left + right + somewhere;
  const image = context.as(x, blockedImage(context.policy.block));
  const name = padBlocked(context, image, { shape: x.shape, pads: [0, left, 0, right + somewhere] });
  return { name, width, zero: left > 0 ? 0 : width - 1 };
}
