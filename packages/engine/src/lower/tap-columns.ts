/**
 * @file The filter gradient of few input channels: what each tap sees is a channel, and the output's gradient the kernel of a
 * convolution over the columns of all samples.
 */
import type { Value } from "../graph/ir.js";
import { attributesOf, blockedConv } from "./blocked.js";
import type { Candidate } from "./choice.js";
import { columnsIn, columnsOf, filterOfColumns } from "./columns.js";
import { POINT, geometryOf, result, type Extents } from "./geometry.js";
import { NCHW, blockedImage, blockedOutputFilter } from "./layout.js";
import { ints, type Lowering } from "./lowering.js";
import { divisible } from "./policy.js";

/** Blocks of taps up to which seeing them all at once pays. */
const MOST_BLOCKS = 8;

export const tapColumns: Candidate = {
  name: "tap-columns",
  applies(node, policy) {
    const [kh, kw, input, output] = result(node).shape as unknown as Extents;
    return divisible(policy, output) && input < policy.block && kh * kw * input <= MOST_BLOCKS * policy.block;
  },
  lower(node, context) {
    const [x, dy] = node.inputs as [Value, Value];
    const { block } = context.policy;
    const { shape } = result(node);
    const [kh, kw, input, output] = shape as unknown as Extents;
    const [n, h, w] = dy.shape as unknown as Extents;
    const taps = kh * kw * input;
    const channels = Math.ceil(taps / block) * block;
    const seen = blockedConv(context, {
      image: context.as(x, NCHW),
      weights: unitFilters(context, [kh, kw, input, channels]),
      attributes: attributesOf(geometryOf(node)),
    });
    const gradients = filterOfColumns(context, context.as(dy, blockedImage(block)), dy.shape as unknown as Extents);
    const product = blockedConv(context, {
      image: columnsOf(context, seen, [n, h, w, channels]),
      weights: context.reshaped(gradients, [output, columnsIn(dy.shape, block), h, 1]),
      attributes: { ...POINT, kernel_shape: ints([h, 1]) },
    });
    const all = context.reshaped(product, [output / block, channels, block]);
    const bounds = [[0], [taps], [1]].map((values) => context.int64s(values));
    const rows = taps === channels ? all : context.emit({ op: "Slice", inputs: [all, ...bounds] });
    const name = context.reshaped(rows, [output / block, input, kh, kw, block]);
    return [{ name, shape, dtype: "float32", layout: blockedOutputFilter(block) }];
  },
};

/** Filters `[channels / b, I, kh, kw, b]` of which each copies what one tap sees, in the order of I, kh, kw. */
function unitFilters(context: Lowering, [kh, kw, input, channels]: Extents): string {
  const { block } = context.policy;
  const taps = kh * kw * input;
  return context.constant(`unit filters ${kh}x${kw}x${input}, blocks of ${block}`, () => {
    const data = new Float32Array(channels * taps);
    for (let tap = 0; tap < taps; tap++) data[(Math.floor(tap / block) * taps + tap) * block + (tap % block)] = 1;
    return { dtype: "float32", shape: [channels, input, kh, kw], data };
  });
}
