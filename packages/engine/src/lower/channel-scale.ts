/**
 * @file A factor or a summand for each channel of a blocked image, as a convolution of one tap that sees its own channel only.
 *
 * What normalisation is made of, forward and back: scale, shift, activation and the sum with another image in one
 * pass, where element-wise ops read and write the image each time, sixteen numbers in a run. For numbers of each sample, samples
 * and channels are channels of one sample: they lie in memory like that.
 */
import { sizeOf } from "@gan-arena/core/base";
import { sameShape, type Node, type Value } from "../graph/ir.js";
import { blockedConv, blockedImageOf, sameFactor } from "./blocked.js";
import { POINT, result, type Extents } from "./geometry.js";
import { blockedImage } from "./layout.js";
import { int, type Lowering, type Placed } from "./lowering.js";
import { isPerChannel, tailOf, withActivation, withTail, type Tail } from "./tail.js";

/** Images below this size take about as long either way. */
const SMALLEST = 1 << 13;

interface Scaled {
  readonly image: Value;
  /** One number for each channel, of all samples or of each. */
  readonly numbers: Value;
  /** 1, or the samples of which each has its own numbers. */
  readonly samples: number;
}

/** The image and the numbers of `image * numbers` or `image + numbers`, when they are such. */
function operandsOf(node: Node, context: Lowering): Scaled | undefined {
  const { shape } = result(node);
  const { block } = context.policy;
  if ((node.op !== "Mul" && node.op !== "Add") || shape.length !== 4 || sizeOf(shape) < SMALLEST) return undefined;
  const [count, height, width, channels] = shape as unknown as Extents;
  if (block === 0 || channels % block !== 0 || height * width === 1) return undefined;
  const image = node.inputs.find((value) => isBlockedImage(context, value, shape));
  const numbers = node.inputs.find((value) => value !== image);
  if (!image || !numbers) return undefined;
  const samples = [1, count].find((each) => isPerChannel(numbers, shape, each));
  return samples === undefined ? undefined : { image, numbers, samples };
}

const isBlockedImage = (context: Lowering, value: Value, shape: readonly number[]): boolean =>
  value.splat === undefined &&
  sameShape(value.shape, shape) &&
  context.at(value).layout.key === blockedImage(context.policy.block).key;

/** @returns undefined where `node` is no such product or sum */
export function scaleChannels(node: Node, context: Lowering): readonly Placed[] | undefined {
  const operands = operandsOf(node, context);
  if (!operands) return undefined;
  const { image, numbers, samples } = operands;
  const { shape } = result(node);
  const [n, height, width, c] = shape as unknown as Extents;
  const channels = samples * c;
  const view = (value: Value): string =>
    context.reshaped(context.at(value).name, [n / samples, channels, height, width]);
  const scales = node.op === "Mul";
  const tail = scales
    ? tailOf(context, result(node), samples)
    : withActivation(context, { value: result(node), passed: [], bias: numbers });
  const sum = scales && !tail.activation ? summandOf(context, tail) : undefined;
  const name = blockedConv(context, {
    image: view(image),
    weights: scales ? context.reshaped(context.plain(numbers), [channels, 1, 1, 1]) : sameFactor(context, channels, 1),
    attributes: { ...POINT, group: int(channels) },
    tail,
    ...(sum && { sum: view(sum.image) }),
  });
  const placed = blockedImageOf(context, name, shape);
  return withTail(context, sum ? { ...tail, value: sum.value, passed: [...tail.passed, tail.value] } : tail, placed);
}

/**
 * A multiple of an image that is clipped at once: the slope of a leaky unit, for its gradient.
 *
 * @returns undefined where `node` is no such product
 */
export function clipMultiple(node: Node, context: Lowering): readonly Placed[] | undefined {
  const { shape } = result(node);
  const { block } = context.policy;
  const clip = context.onlyConsumer(result(node));
  if (node.op !== "Mul" || clip?.op !== "Clip" || block === 0 || shape.length !== 4 || sizeOf(shape) < SMALLEST)
    return undefined;
  const [n, height, width, channels] = shape as unknown as Extents;
  const factor = node.inputs.find(({ splat }) => splat !== undefined)?.splat;
  const image = node.inputs.find((value) => isBlockedImage(context, value, shape));
  if (factor === undefined || !image) return undefined;
  const { min, max } = clip.attributes as { readonly min: number; readonly max: number };
  const value = result(clip);
  const tail: Tail = { value, passed: [result(node)], activation: { name: "Clip", params: [min, max] } };
  const name = blockedConv(context, {
    image: context.reshaped(context.at(image).name, [n, channels, height, width]),
    weights: sameFactor(context, channels, factor),
    attributes: { ...POINT, group: int(channels) },
    tail,
  });
  return withTail(context, tail, blockedImageOf(context, name, shape));
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
