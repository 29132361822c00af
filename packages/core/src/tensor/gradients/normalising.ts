/** @file Normalisation by neighbouring channels (Krizhevsky 2012, Sec. 3.3). */
import * as tf from "@tensorflow/tfjs";
import { channelSums } from "../ops/channel-sums.js";
import { gradientOf } from "./registry.js";

/**
 * y = x s^-beta with s = bias + alpha sum of the neighbours' x^2, so
 * dx = dy s^-beta - 2 alpha beta x sum of the neighbours' dy x s^(-beta - 1): neighbourhood is mutual.
 */
const lrn = gradientOf<tf.LRNAttrs>(tf.LRN, { inputs: ["x"] }, (dy, [x], { depthRadius, bias, alpha, beta }) => ({
  x: () => {
    const s = tf.add(bias, tf.mul(alpha, channelSums(tf.square(x), depthRadius)));
    const own = tf.mul(dy, tf.pow(s, -beta));
    const others = channelSums(tf.mul(tf.mul(dy, x), tf.pow(s, -beta - 1)), depthRadius);
    return tf.sub(own, tf.mul(2 * alpha * beta, tf.mul(x, others)));
  },
}));

export const normalisingGradients = [lrn];
