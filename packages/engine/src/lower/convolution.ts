/** @file Convolutions and pooling: blocked kernels where the channels allow them, else NCHW. */
import type { Value } from "../graph/ir.js";
import { attributesOf, blockedConv, blockedImageOf, nchwExtents, oihwExtents, viewed } from "./blocked.js";
import { always, type Candidate } from "./choice.js";
import { geometryOf, result, type ConvAttributes, type Extents } from "./geometry.js";
import { NCHW, OIHW, blockedFilter, blockedImage, blockedOutputFilter } from "./layout.js";
import { float, ints, type LowerNode, type Lowering, type Placed } from "./lowering.js";
import { divisible } from "./policy.js";
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
    const image = few ? context.as(x, NCHW) : viewed(context, context.as(x, blockedImage(block)), nchwExtents(x.shape));
    const weights = context.as(filter, few ? blockedOutputFilter(block) : blockedFilter(block));
    const y = blockedConv(context, {
      image,
      weights: viewed(context, weights, oihwExtents(filter.shape)),
      attributes: attributesOf(geometryOf(node)),
      tail,
    });
    return withTail(context, tail, blockedImageOf(context, y, result(node).shape));
  },
};

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

export const CONV: readonly Candidate[] = [wholeImageConv, blocked, standard];

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
