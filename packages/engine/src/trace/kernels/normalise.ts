/** @file Normalisation: by statistics that the caller gives (`tf.batchNorm`), or by neighbouring channels. */
import { channelSums, tf } from "@gan-arena/core";
import type { Value } from "../../graph/ir.js";
import { binary, unary } from "./pointwise.js";
import { composed, kernel, scalar } from "./support.js";

export function registerNormalise(): void {
  kernel("FusedBatchNorm", (k) => {
    const epsilon = scalar(k, k.attrs["varianceEpsilon"] as number);
    const deviation = unary(k, "Sqrt", binary(k, "Add", k.input("variance"), epsilon));
    const inverse = unary(k, "Reciprocal", deviation);
    const factor: Value = k.has("scale") ? binary(k, "Mul", inverse, k.input("scale")) : inverse;
    const scaled = binary(k, "Mul", binary(k, "Sub", k.input("x"), k.input("mean")), factor);
    return k.has("offset") ? binary(k, "Add", scaled, k.input("offset")) : scaled;
  });
  composed("LRN", ({ x }, attrs) => {
    const { depthRadius, bias, alpha, beta } = attrs as unknown as tf.LRNAttrs;
    const sums = tf.add(bias, tf.mul(alpha, channelSums(tf.square(x), depthRadius)));
    return tf.mul(x, tf.pow(sums, -beta));
  });
}
