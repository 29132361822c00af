/** @file What follows a convolution at once, a bias and an activation, is computed by the convolution's kernel. */
import { sizeOf } from "@gan-arena/core/base";
import { sameShape, type Value } from "../graph/ir.js";
import type { ConvAttributes } from "./geometry.js";
import { floats, text, type Lowering, type Placed } from "./lowering.js";

/** What follows a convolution at once and is computed on its way out: a bias for each channel, then an activation. */
export interface Tail {
  /** The last value that the kernel computes. */
  readonly value: Value;
  /** Values on the way to it, which nobody else uses. */
  readonly passed: readonly Value[];
  readonly bias?: Value;
  readonly activation?: { readonly name: string; readonly params: readonly number[] };
}

/** @param samples 1, or how many samples the kernel takes for channels: then a bias is one for each of both */
export function tailOf(context: Lowering, conv: Value, samples = 1): Tail {
  let tail: Tail = { value: conv, passed: [] };
  const add = context.onlyConsumer(conv);
  if (add?.op === "Add" && sameShape(add.outputs[0].shape, conv.shape)) {
    const bias = add.inputs.find((input) => input !== conv);
    if (bias && isPerChannel(bias, conv.shape, samples) && context.demand(bias))
      tail = { value: add.outputs[0], passed: [conv], bias };
  }
  return withActivation(context, tail);
}

/** With the activation that follows at once. */
export function withActivation(context: Lowering, tail: Tail): Tail {
  const next = context.onlyConsumer(tail.value);
  if (next?.op !== "Relu" && next?.op !== "LeakyRelu") return tail;
  const params = next.op === "Relu" ? [] : [next.attributes["alpha"] as number];
  const passed = [...tail.passed, tail.value];
  return { ...tail, value: next.outputs[0], passed, activation: { name: next.op, params } };
}

/** Whether a value is one number for each channel of an image, or for each channel of each sample. */
export const isPerChannel = ({ splat, shape }: Value, image: readonly number[], samples: number): boolean => {
  const channels = image[3];
  const counted = samples === 1 || (shape.length === 4 && shape[0] === samples);
  return splat === undefined && counted && shape.at(-1) === channels && sizeOf(shape) === samples * channels;
};

export const biasInput = (context: Lowering, { bias }: Tail): string[] =>
  bias ? [context.reshaped(context.plain(bias), [sizeOf(bias.shape)])] : [];

export const activationAttributes = ({ activation }: Tail): ConvAttributes =>
  activation ? { activation: text(activation.name), activation_params: floats(activation.params) } : {};

/** The result of a kernel stands for all values of its tail. */
export function withTail(context: Lowering, { value, passed }: Tail, placed: Placed): readonly Placed[] {
  for (const each of [...passed, value]) context.place(each, placed);
  return [placed];
}
