/** @file Activations: first-order gradients as cheap masks, second-order ones exact. */
import * as tf from "@tensorflow/tfjs";
import { detached, gradientOf, mask, unbroadcast } from "./registry.js";

/** Klambauer et al. 2017, Eq. 2, with the constants of the kernels of TensorFlow.js. */
const SELU_SCALE = tf.backend_util.SELU_SCALE;
const SELU_SCALE_ALPHA = tf.backend_util.SELU_SCALEALPHA;

/** dy times a mask, which is no part of the tape. */
const masked = (dy: tf.Tensor, maskOf: () => tf.Tensor) => ({ x: () => tf.mul(dy, detached(maskOf)) });

const relu = gradientOf(tf.Relu, { output: true }, (dy, [y]) => masked(dy, () => tf.step(y)));

const relu6 = gradientOf(tf.Relu6, { output: true }, (dy, [y]) =>
  masked(dy, () => tf.mul(tf.step(y), tf.step(tf.sub(6, y)))),
);

/** The sign of the output is the sign of the input unless the slope is negative. */
const leakyRelu = gradientOf<tf.LeakyReluAttrs>(
  tf.LeakyRelu,
  { inputs: ["x"], output: true },
  (dy, [x, y], { alpha }) => masked(dy, () => tf.step(alpha >= 0 ? y : x, alpha)),
);

const prelu = gradientOf(tf.Prelu, { inputs: ["x", "alpha"] }, (dy, [x, alpha]) => {
  const negative = (): tf.Tensor => mask(() => tf.lessEqual(x, 0));
  return {
    x: () => tf.mul(dy, tf.add(1, tf.mul(negative(), tf.sub(alpha, 1)))),
    alpha: () => unbroadcast(tf.mul(dy, tf.mul(negative(), x)), alpha.shape),
  };
});

/** d elu / dx = 1 above zero and exp(x) below; `minimum` keeps exp from overflowing. */
const elu = gradientOf(tf.Elu, { inputs: ["x"] }, (dy, [x]) => ({
  x: () => tf.mul(dy, tf.exp(tf.minimum(x, 0))),
}));

const selu = gradientOf(tf.Selu, { inputs: ["x"] }, (dy, [x]) => ({
  x: () => {
    const positive = mask(() => tf.greater(x, 0));
    const below = tf.mul(SELU_SCALE_ALPHA, tf.exp(tf.minimum(x, 0)));
    return tf.mul(dy, tf.add(tf.mul(positive, SELU_SCALE), tf.mul(tf.sub(1, positive), below)));
  },
}));

const sigmoid = gradientOf(tf.Sigmoid, { inputs: ["x"] }, (dy, [x]) => ({
  x: () => {
    const y = tf.sigmoid(x);
    return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
  },
}));

const tanh = gradientOf(tf.Tanh, { inputs: ["x"] }, (dy, [x]) => ({
  x: () => tf.mul(dy, tf.sub(1, tf.square(tf.tanh(x)))),
}));

const softmax = gradientOf<tf.SoftmaxAttrs>(tf.Softmax, { inputs: ["logits"] }, (dy, [logits], { dim }) => ({
  logits: () => {
    const y = tf.softmax(logits, dim);
    return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), dim, true)));
  },
}));

export const activationGradients = [relu, relu6, leakyRelu, prelu, elu, selu, sigmoid, tanh, softmax];
