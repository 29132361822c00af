/**
 * @file A factor for each channel of a blocked image, as a convolution of one tap that sees its own channel only.
 *
 * What batch normalisation is made of, forward and back: scale, shift, activation and the sum with another image in one
 * pass, where element-wise ops read and write the image each time.
 */
import { sizeOf } from "@gan-arena/core/base";
import { sameShape, type Node, type Value } from "../graph/ir.js";
import { blockedConv, blockedImageOf, nchwExtents } from "./blocked.js";
import { POINT, result } from "./geometry.js";
import { blockedImage } from "./layout.js";
import { int, type Lowering, type Placed } from "./lowering.js";
import { tailOf, withTail, type Tail } from "./tail.js";

/** Images below this size are in the cache all the time: nothing is gained. */
const SMALLEST = 1 << 15;

/** The image and the factors of `image * factors`, when they are such. */
function operandsOf(node: Node, context: Lowering): { image: Value; factors: Value } | undefined {
  const { shape } = result(node);
  if (node.op !== "Mul" || shape.length !== 4 || sizeOf(shape) < SMALLEST) return undefined;
  const { block } = context.policy;
  const channels = shape[3];
  if (block === 0 || channels % block !== 0) return undefined;
  const image = node.inputs.find((value) => isBlockedImage(context, value, shape));
  const factors = node.inputs.find((value) => value !== image);
  const perChannel =
    factors !== undefined &&
    factors.splat === undefined &&
    factors.shape.at(-1) === channels &&
    sizeOf(factors.shape) === channels;
  return image && perChannel ? { image, factors } : undefined;
}

const isBlockedImage = (context: Lowering, value: Value, shape: readonly number[]): boolean =>
  value.splat === undefined &&
  sameShape(value.shape, shape) &&
  context.at(value).layout.key === blockedImage(context.policy.block).key;

/** @returns undefined where `node` is no such product */
export function scaleChannels(node: Node, context: Lowering): readonly Placed[] | undefined {
  const operands = operandsOf(node, context);
  if (!operands) return undefined;
  const { image, factors } = operands;
  const { shape } = result(node);
  const channels = shape[3];
  const tail = tailOf(context, result(node));
  const sum = tail.activation ? undefined : summandOf(context, tail);
  const name = blockedConv(context, {
    image: context.reshaped(context.at(image).name, nchwExtents(shape)),
    weights: context.reshaped(context.plain(factors), [channels, 1, 1, 1]),
    attributes: { ...POINT, group: int(channels) },
    tail,
    ...(sum && { sum: context.reshaped(context.at(sum.image).name, nchwExtents(shape)) }),
  });
  const placed = blockedImageOf(context, name, shape);
  return withTail(context, sum ? { ...tail, value: sum.value } : tail, placed);
}

/** Another image that is added at once, and the value of the sum. */
function summandOf(context: Lowering, { value }: Tail): { image: Value; value: Value } | undefined {
  const add = context.onlyConsumer(value);
  if (add?.op !== "Add" || !sameShape(result(add).shape, value.shape)) return undefined;
  const image = add.inputs.find((input) => input !== value);
  if (!image || !sameShape(image.shape, value.shape) || image.splat !== undefined) return undefined;
  if (!context.demand(image)) return undefined;
  return isBlockedImage(context, image, value.shape) ? { image, value: result(add) } : undefined;
}
