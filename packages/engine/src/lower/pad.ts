/** @file Zeros around an image, for kernels that are slow where they look past the border. */
import { sizeOf } from "@gan-arena/core/base";
import { blockedConv } from "./blocked.js";
import { POINT, type Extents } from "./geometry.js";
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
  const ones = new Float32Array(channels).fill(1);
  const padded = blockedConv(context, {
    image: context.reshaped(image, [n, channels, height, width]),
    weights: context.initializer({ dtype: "float32", shape: [channels, 1, 1, 1], data: ones }),
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
