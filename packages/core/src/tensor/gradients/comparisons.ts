/** @file Functions that are constant almost everywhere: their gradient is zero, not missing. */
import * as tf from "@tensorflow/tfjs";
import { gradientOf } from "./registry.js";

const zeroFor = (input: tf.Tensor) => (): tf.Tensor => tf.cast(tf.zerosLike(input), "float32");

const binary = (kernelName: string): tf.GradConfig =>
  gradientOf(kernelName, { inputs: ["a", "b"] }, (_dy, [a, b]) => ({ a: zeroFor(a), b: zeroFor(b) }));

const unary = (kernelName: string): tf.GradConfig =>
  gradientOf(kernelName, { inputs: ["x"] }, (_dy, [x]) => ({ x: zeroFor(x) }));

export const comparisonGradients = [
  ...[tf.Greater, tf.GreaterEqual, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual].map(binary),
  ...[tf.LogicalAnd, tf.LogicalOr].map(binary),
  ...[tf.LogicalNot, tf.Step, tf.Sign, tf.IsNan, tf.IsInf, tf.IsFinite].map(unary),
];
