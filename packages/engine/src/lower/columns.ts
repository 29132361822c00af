/** @file Images with the columns of all samples as channels: what a filter gradient sums over, row by row. */
import type { Extents } from "./geometry.js";
import { BLOCKED_DOMAIN } from "./layout.js";
import { int, type Lowering } from "./lowering.js";
import { pickRows } from "./rows.js";

/** Columns of all samples of an image NHWC, and what is missing to whole blocks of them. */
export const columnsIn = ([n, , w]: readonly number[], block: number): number => Math.ceil((n * w) / block) * block;

/**
 * An image, its columns as channels and its channels as columns. Columns that are missing to a whole block repeat the first: they are
 * to meet zeros.
 *
 * @param image name of a blocked image
 * @param shape NHWC
 * @returns the name of `[1, N W / b, H, C, b]`
 */
export function columnsOf(context: Lowering, image: string, shape: Extents): string {
  const { block } = context.policy;
  const [, height, , channels] = shape;
  const columns = columnsIn(shape, block);
  const turned = context.emit({
    op: "ReorderOutput",
    domain: BLOCKED_DOMAIN,
    inputs: [
      context.reshaped(pixels(context, image, { shape, channelsFirst: false }), [
        (columns / block) * height,
        channels,
        block,
        1,
      ]),
    ],
    attributes: { channels_last: int(0), channels: int(channels) },
  });
  return context.reshaped(turned, [1, columns, height, channels]);
}

/**
 * An image as the filter of a convolution over such columns, as high as the image. Columns that are missing to a whole block are zero.
 *
 * @returns the name of `[C/b, N W / b, H, b of N W, b of C]`
 */
export function filterOfColumns(context: Lowering, image: string, shape: Extents): string {
  const [n, height, width, channels] = shape;
  const { block } = context.policy;
  if ((n * width) % block === 0) return pixels(context, image, { shape, channelsFirst: true });
  const samples = context.reshaped(image, [n, channels * height * width]);
  const inputs = [samples, context.int64s([0, 1]), context.scalar(0), context.int64s([0])];
  return pixels(context, context.emit({ op: "Pad", inputs }), { shape, channelsFirst: true, zeros: 1 });
}

/**
 * Pixels of blocks of channels, in blocks of columns: rows of those inside or outside blocks of channels.
 *
 * @param zeros samples of zeros behind the others, for columns that are missing
 */
function pixels(
  context: Lowering,
  image: string,
  { shape, channelsFirst, zeros = 0 }: { shape: Extents; channelsFirst: boolean; zeros?: number },
): string {
  const { block } = context.policy;
  const [n, height, width, channels] = shape;
  const blocks = channels / block;
  const run = commonDivisor(width, block); // pixels that stay together
  const [runs, inBlock] = [width / run, block / run];
  const count = columnsIn(shape, block) / block;
  const index = (): Int32Array => {
    const data = new Int32Array(count * height * blocks * inBlock);
    for (let columns = 0; columns < count; columns++)
      for (let y = 0; y < height; y++)
        for (let c = 0; c < blocks; c++) {
          const place = channelsFirst ? (c * count + columns) * height + y : (columns * height + y) * blocks + c;
          for (let i = 0; i < inBlock; i++) {
            const at = columns * inBlock + i;
            const column = at < n * runs ? at : zeros * n * runs;
            data[place * inBlock + i] =
              ((Math.floor(column / runs) * blocks + c) * height + y) * runs + (column % runs);
          }
        }
    return data;
  };
  return pickRows(context, {
    source: image,
    rows: (n + zeros) * blocks * height * runs,
    width: run * block,
    rule: `columns of ${shape.join("x")}, ${channelsFirst ? "channels first, " : ""}blocks of ${block}`,
    index,
  });
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
