/** @file Convolutions and pooling: blocked kernels where the channels allow them, else NCHW. */
import type { Value } from "../graph/ir.js";
import type { Geometry } from "../trace/kernels/convolution.js";
import { attributesOf, blockedConv, blockedImageOf, nchwExtents, oihwExtents, viewed } from "./blocked.js";
import { always, type Candidate } from "./choice.js";
import { neighbours } from "./few-channels.js";
import { geometryOf, result, type ConvAttributes, type Extents } from "./geometry.js";
import { NCHW, OIHW, blockedFilter, blockedImage, blockedOutputFilter } from "./layout.js";
import { float, ints, type LowerNode, type Lowering, type Placed } from "./lowering.js";
import { padBlocked } from "./pad.js";
import { divisible } from "./policy.js";
import { seenPixels } from "./seen-pixels.js";
import { biasInput, tailOf, withTail, type Tail } from "./tail.js";
import { wholeImageConv } from "./whole-image.js";

const blocked: Candidate = {
  name: "blocked",
  applies(node, policy) {
    const [, , input, output] = node.inputs[1].shape as unknown as Extents;
    return divisible(policy, output) && (input < policy.block || divisible(policy, input));
  },
  lower(node, context) {
    const [x, filter] = node.inputs as [Value, Value];
    const tail = tailOf(context, result(node));
    const { block } = context.policy;
    const few = x.shape[3] < block;
    const weights = context.as(filter, few ? blockedOutputFilter(block) : blockedFilter(block));
    const seen = few
      ? { image: context.as(x, NCHW), geometry: geometryOf(node) }
      : padNarrow(context, x, { geometry: geometryOf(node), width: result(node).shape[2] });
    const y = blockedConv(context, {
      image: seen.image,
      weights: viewed(context, weights, oihwExtents(filter.shape)),
      attributes: attributesOf(seen.geometry),
      tail,
    });
    return withTail(context, tail, blockedImageOf(context, y, result(node).shape));
  },
};

/** Outputs of a row that the kernel computes at once. */
const STRIP = 6;
/** So many times the calls are worth a copy of the image. */
const NARROW = 1.3;

/** Calls of the kernel for outputs next to each other: sixes, then a three, then what is left. */
const calls = (outputs: number): number => {
  const rest = outputs % STRIP;
  return Math.floor(outputs / STRIP) + (rest > 3 ? 2 : rest > 0 ? 1 : 0);
};

/**
 * The image as the kernel wants it. Outputs that look past the left or right border are computed one at a time, which in
 * narrow images is a good part of them: there zeros are put at both sides first. With stride 1 nothing is won.
 */
function padNarrow(
  context: Lowering,
  x: Value,
  { geometry, width }: { geometry: Geometry; width: number },
): { image: string; geometry: Geometry } {
  const image = context.as(x, blockedImage(context.policy.block));
  const { strides, pads } = geometry;
  const [top, left, bottom, right] = pads;
  const alone = Math.ceil(left / strides[1]) + Math.ceil(right / strides[1]);
  const narrow = strides[1] > 1 && alone > 0 && alone + calls(width - alone) >= NARROW * calls(width);
  const extents = nchwExtents(x.shape);
  if (!narrow) return { image: viewed(context, image, extents), geometry };
  const padded = padBlocked(context, image, { shape: x.shape, pads: [0, left, 0, right] });
  const [n, c, h, w] = extents;
  return {
    image: viewed(context, padded, [n, c, h, w + left + right]),
    geometry: { ...geometry, pads: [top, 0, bottom, 0] },
  };
}

const standard: Candidate = {
  name: "standard",
  applies: always,
  lower(node, context) {
    const [x, filter] = node.inputs as [Value, Value];
    const tail = tailOf(context, result(node));
    const inputs = [context.as(x, NCHW), context.as(filter, OIHW)];
    const attributes = attributesOf(geometryOf(node));
    const placed = plainConv(context, { op: "Conv", inputs, attributes, tail, shape: result(node).shape });
    return withTail(context, tail, placed);
  },
};

export const CONV: readonly Candidate[] = [wholeImageConv, seenPixels, blocked, neighbours, standard];

/** A standard kernel on NCHW, which takes the bias; the activation is ONNX Runtime's to fuse. */
export function plainConv(
  context: Lowering,
  {
    op,
    inputs,
    attributes,
    tail,
    shape,
  }: { op: string; inputs: string[]; attributes: ConvAttributes; tail: Tail; shape: readonly number[] },
): Placed {
  const { activation } = tail;
  const y = context.emit({ op, inputs: [...inputs, ...biasInput(context, tail)], attributes });
  const [alpha] = activation?.params ?? [];
  const name = activation
    ? context.emit({ op: activation.name, inputs: [y], attributes: alpha === undefined ? {} : { alpha: float(alpha) } })
    : y;
  return { name, shape, dtype: "float32", layout: NCHW };
}

export const lowerPool: LowerNode = (node, context) => {
  const x = node.inputs[0];
  const { shape, dtype } = result(node);
  const attribute = (name: string): readonly number[] => node.attributes[name] as readonly number[];
  const attributes: ConvAttributes = {
    kernel_shape: ints(attribute("kernel")),
    strides: ints(attribute("strides")),
    pads: ints(attribute("pads")),
  };
  const name = context.emit({ op: node.op, inputs: [context.as(x, NCHW)], attributes });
  return [{ name, shape, dtype, layout: NCHW }];
};
