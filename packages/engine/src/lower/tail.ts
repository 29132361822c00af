/** @file What follows a convolution at once, a bias and an activation, is computed by the convolution's kernel. */
import { sizeOf } from "@gan-arena/core/base";
import { sameShape, type Value } from "../graph/ir.js";
import type { ConvAttributes } from "./geometry.js";
import { floats, text, type Lowering, type Placed } from "./lowering.js";

/** What follows a convolution at once and is computed on its way out: a bias for each channel, then an activation. */
export interface Tail {
  /** The last value that the kernel computes. */
  readonly value: Value;
  readonly bias?: Value;
  readonly activation?: { readonly name: string; readonly params: readonly number[] };
}

export function tailOf(context: Lowering, conv: Value): Tail {
  const channels = conv.shape[3];
  let tail: Tail = { value: conv };
  const add = context.onlyConsumer(conv);
  if (add?.op === "Add" && sameShape(add.outputs[0].shape, conv.shape)) {
    const bias = add.inputs.find((input) => input !== conv);
    const perChannel =
      bias && bias.splat === undefined && bias.shape.at(-1) === channels && sizeOf(bias.shape) === channels;
    if (perChannel && context.demand(bias)) tail = { value: add.outputs[0], bias };
  }
  const next = context.onlyConsumer(tail.value);
  if (next?.op === "Relu") tail = { ...tail, value: next.outputs[0], activation: { name: "Relu", params: [] } };
  if (next?.op === "LeakyRelu")
    tail = {
      ...tail,
      value: next.outputs[0],
      activation: { name: "LeakyRelu", params: [next.attributes["alpha"] as number] },
    };
  return tail;
}

export const biasInput = (context: Lowering, { bias }: Tail): string[] =>
  bias ? [context.reshaped(context.plain(bias), [sizeOf(bias.shape)])] : [];

export const activationAttributes = ({ activation }: Tail): ConvAttributes =>
  activation ? { activation: text(activation.name), activation_params: floats(activation.params) } : {};

/** The result of a convolution stands for the last value of its tail; values before it are used by nobody else. */
export function withTail(context: Lowering, { value }: Tail, placed: Placed): readonly Placed[] {
  context.place(value, placed);
  return [placed];
}
