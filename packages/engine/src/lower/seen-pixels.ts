/**
 * @file A convolution as a product: what each output sees is copied, and is the channels of one pixel.
 *
 * The blocked kernel computes up to six outputs of a row at once. In narrow images it goes through the filter for fewer, and waits for
 * memory. A blocked filter lies in memory as this convolution of one tap wants it.
 */
import type { Node, Value } from "../graph/ir.js";
import type { Geometry } from "../trace/kernels/convolution.js";
import { blockedConv, blockedImageOf } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { POINT, geometryOf, result, type Extents } from "./geometry.js";
import { blockedFilter } from "./layout.js";
import type { Lowering } from "./lowering.js";
import { padColumns, type PaddedImage } from "./pad.js";
import { divisible } from "./policy.js";
import { MOST_ROWS, pickRows } from "./rows.js";
import { tailOf, withTail } from "./tail.js";

/** Outputs of a row that the blocked kernel computes in one or two goes through the filter, too few for its bytes. */
const NARROW = 5;
/** Taps from which on the part of a filter for one block of channels leaves the first cache... */
const MANY_TAPS = 9;
/** ...and numbers for each output from which on the copies are worth it. */
const MANY_NUMBERS = 2048;

const rowsOf = (node: Node, block: number): number => {
  const [kh, kw, input] = node.inputs[1].shape as unknown as Extents;
  const [n, h, w] = result(node).shape as unknown as Extents;
  return (n * h * w * kh * kw * input) / block;
};

export const seenPixels: Candidate = {
  name: "seen-pixels",
  applies(node, policy) {
    const [, , input, output] = node.inputs[1].shape as unknown as Extents;
    return divisible(policy, input, output) && rowsOf(node, policy.block) <= MOST_ROWS;
  },
  yields(node) {
    const [kh, kw, input] = node.inputs[1].shape;
    return result(node).shape[2] > NARROW || kh * kw < MANY_TAPS || kh * kw * input < MANY_NUMBERS;
  },
  lower(node, context) {
    const [, filter] = node.inputs as [Value, Value];
    const { block } = context.policy;
    const [kh, kw, input, output] = filter.shape as unknown as Extents;
    const { shape } = result(node);
    const [n, h, w] = shape as unknown as Extents;
    const tail = tailOf(context, result(node));
    const y = blockedConv(context, {
      image: context.reshaped(seenBy(context, node), [1, kh * kw * input, n, h * w]),
      weights: context.reshaped(context.as(filter, blockedFilter(block)), [output, kh * kw * input, 1, 1]),
      attributes: POINT,
      tail,
    });
    const images = exchanged(context, y, { outer: output / block, inner: n, width: h * w * block });
    return withTail(context, tail, blockedImageOf(context, images, shape));
  },
};

/** @returns the name of `[I/b, kh, kw, N, h, w, b]` */
function seenBy(context: Lowering, node: Node): string {
  const { block } = context.policy;
  const [x] = node.inputs as [Value];
  const geometry = geometryOf(node);
  const [n, height, , input] = x.shape as unknown as Extents;
  const y = result(node).shape as unknown as Extents;
  const padded = padColumns(context, x, { pads: geometry.pads });
  return pickRows(context, {
    source: padded.name,
    rows: ((n * input) / block) * height * padded.width,
    width: block,
    rule: `seen of ${x.shape.join("x")} ${JSON.stringify(geometry)} by ${y.join("x")}, blocks of ${block}`,
    index: () => seenRows({ x: x.shape as unknown as Extents, y, geometry, padded, block }),
  });
}

function seenRows({
  x: [n, height, , input],
  y: [, h, w],
  geometry: { strides, dilations, pads, kernel },
  padded: { width, zero },
  block,
}: {
  x: Extents;
  y: Extents;
  geometry: Geometry;
  padded: PaddedImage;
  block: number;
}): Int32Array {
  const blocks = input / block;
  const data = new Int32Array(blocks * kernel[0] * kernel[1] * n * h * w);
  let at = 0;
  for (let c = 0; c < blocks; c++)
    for (let u = 0; u < kernel[0]; u++)
      for (let v = 0; v < kernel[1]; v++)
        for (let sample = 0; sample < n; sample++)
          for (let row = 0; row < h; row++) {
            const y = strides[0] * row + u * dilations[0] - pads[0];
            const first = ((sample * blocks + c) * height + y) * width + v * dilations[1];
            const seen = y >= 0 && y < height;
            for (let column = 0; column < w; column++) data[at++] = seen ? first + strides[1] * column : zero;
          }
  return data;
}

/** `[outer, inner, width]` as `[inner, outer, width]`. */
function exchanged(
  context: Lowering,
  source: string,
  { outer, inner, width }: { outer: number; inner: number; width: number },
): string {
  return pickRows(context, {
    source,
    rows: outer * inner,
    width,
    rule: `rows ${outer} by ${inner} exchanged`,
    index: () => Int32Array.from({ length: outer * inner }, (_, i) => (i % outer) * inner + Math.floor(i / outer)),
  });
}
