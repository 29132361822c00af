/** @file The discriminator. Karras et al. 2020, Fig. 7c with residual connections, or 7a, the plain one of 2019. */
import {
  downsample2d,
  equalizedConv2d,
  equalizedDense,
  filter2d,
  minibatchStdDev,
  pixelNorm,
  tf,
  zeros,
  type Network,
  type Scope,
  type Tensor,
} from "@gan-arena/core";
import type { StyleganConfig } from "./config.js";
import { GAIN, oneHot, SLOPE } from "./mapping.js";
import type { Plan } from "./plan.js";

/**
 * `D(x)`, with labels `D(x, c)`: the score is then the product of D's last features with a vector that is learnt for the
 * label (Miyato and Koyama 2018, arXiv:1802.05637, in the form of the authors' code of 2020).
 * @returns raw scores `[N,1]`
 */
export function criticNetwork({ critic, stdDevGroup, wDim }: StyleganConfig, { levels, classes }: Plan): Network {
  const residual = critic === "residual";
  return (nn, x, c) => {
    const widest = levels[0].width;
    let h = rectifiedConv(nn, x, levels[levels.length - 1].width, { kernel: 1 });
    for (let l = levels.length - 1; l > 0; l--) {
      const { width } = levels[l - 1];
      const skip = residual
        ? equalizedConv2d(nn, downsample2d(h), width, { kernel: 1, bias: false, gain: Math.SQRT1_2 })
        : undefined;
      h = rectifiedConv(nn, h, levels[l].width, {});
      h = rectifiedConv(nn, h, width, { down: true, gain: residual ? Math.SQRT1_2 : 1 });
      if (skip) h = tf.add(h, skip); // [N,H/2,W/2,width]
    }
    h = rectifiedConv(nn, minibatchStdDev(h, { group: stdDevGroup }), widest, {});
    const flat = tf.reshape(h, [h.shape[0], -1]);
    const features = tf.mul(GAIN, tf.leakyRelu(equalizedDense(nn, flat, widest), SLOPE)); // [N,widest]
    if (classes === 0 || !c) return equalizedDense(nn, features, 1, { name: "score" });
    const label = pixelNorm(equalizedDense(nn, oneHot(c, classes), wDim, { name: "label" })); // [N,wDim]
    const projected = equalizedDense(nn, features, wDim, { name: "score" });
    return tf.mul(tf.sum(tf.mul(projected, label), 1, true), 1 / Math.sqrt(wDim));
  };
}

interface RectifiedOptions {
  readonly kernel?: number;
  /** Half the size: the low-pass filter, then stride 2. */
  readonly down?: boolean;
  readonly gain?: number;
}

/** A convolution, its bias, the rectifier and its gain. */
function rectifiedConv(
  nn: Scope,
  x: Tensor,
  width: number,
  { kernel = 3, down = false, gain = 1 }: RectifiedOptions,
): Tensor {
  return nn.scope(nn.unique("block"), (nn) => {
    // lrelu(g u) = g lrelu(u): the gain goes into weights and bias, and the kernel of the convolution does the rest.
    const g = GAIN * gain;
    const bias = tf.mul(nn.param("bias", [width], zeros), g);
    const options = { kernel, bias: false, gain: g };
    // One row of zeros more than the filter needs keeps the size even; the stride never looks at it.
    const y = down
      ? equalizedConv2d(nn, filter2d(x, { padding: [2, 3] }), width, { ...options, stride: 2, padding: "valid" })
      : equalizedConv2d(nn, x, width, options);
    return tf.leakyRelu(tf.add(bias, y), SLOPE);
  });
}
