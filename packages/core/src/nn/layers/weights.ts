/** @file What layers with a weight have in common. */
import type { Tensor } from "../../tensor/tf.js";
import { torchDefault, zeros, type FanOptions, type Initializer } from "../initializers.js";
import type { Variables } from "../scope.js";
import { tf } from "../../tensor/tf.js";

/** A map of the weight before it is used: spectral normalisation, equalised learning rate, …. */
export type Reparametrisation = (weight: Tensor, options: { readonly outputAxis: number }) => Tensor;

export interface WeightOptions {
  /** Default: the layer's kind with a number, `dense`, `dense_1`, …. */
  readonly name?: string;
  /** Default true. */
  readonly bias?: boolean;
  /** Default `torchDefault()`. */
  readonly init?: Initializer;
  /** Default `zeros`. */
  readonly biasInit?: Initializer;
  /** For example `weight: nn.spectralNorm`. */
  readonly weight?: Reparametrisation;
}

export interface WeightSpec extends FanOptions {
  readonly name: "weight" | "filter";
  readonly shape: readonly number[];
  /** Axis of the weight that counts the output units. */
  readonly outputAxis: number;
}

/** The layer's weight, reparametrised if asked for. */
export function weightOf(nn: Variables, spec: WeightSpec, options: WeightOptions): Tensor {
  const { init = torchDefault(spec), weight } = options;
  const role = spec.name === "filter" ? "filter" : "plain";
  const raw = nn.param(spec.name, spec.shape, init, { role });
  return weight ? weight(raw, { outputAxis: spec.outputAxis }) : raw;
}

/** Adds the bias, one number for each unit of the last axis, unless it is turned off. */
export function withBias(nn: Variables, y: Tensor, { bias = true, biasInit = zeros }: WeightOptions): Tensor {
  return bias ? tf.add(y, nn.param("bias", y.shape.slice(-1), biasInit)) : y;
}
