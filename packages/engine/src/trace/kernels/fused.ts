/**
 * @file Fused forms: a convolution or product, its bias and its activation in one kernel. Here they are three ops again;
 * the lowering joins what follows a convolution or a product by itself.
 */
import { tf, type Tensor } from "@gan-arena/core";
import type { NamedAttrMap } from "@tensorflow/tfjs";
import { composed } from "./support.js";

type Activation = Parameters<typeof tf.backend_util.applyActivation>[1];
type Inputs = Readonly<Record<string, Tensor>>;

export function registerFused(): void {
  composed("FusedConv2D", ({ x, filter, ...rest }, attrs) => tail(run("Conv2D", { x, filter }, attrs), rest, attrs));
  composed("FusedDepthwiseConv2D", ({ x, filter, ...rest }, attrs) =>
    tail(run("DepthwiseConv2dNative", { x, filter }, attrs), rest, attrs),
  );
  composed("_FusedMatMul", ({ a, b, ...rest }, attrs) => tail(run("BatchMatMul", { a, b }, attrs), rest, attrs));
}

const run = (kernel: string, inputs: Record<string, Tensor>, attrs: NamedAttrMap): Tensor =>
  tf.engine().runKernel<Tensor>(kernel, inputs, attrs);

function tail(y: Tensor, { bias, preluActivationWeights }: Inputs, attrs: NamedAttrMap): Tensor {
  const alongRows = attrs["dataFormat"] === "NCHW";
  const perChannel = (weights: Tensor): Tensor =>
    alongRows && weights.rank === 1 ? tf.reshape(weights, [weights.size, 1, 1]) : weights;
  const summed = bias ? tf.add(y, perChannel(bias)) : y;
  const slopes = preluActivationWeights ? perChannel(preluActivationWeights) : undefined;
  return tf.backend_util.applyActivation(
    summed,
    attrs["activation"] as Activation,
    slopes,
    attrs["leakyreluAlpha"] as number | undefined,
  );
}
