/** @file The mapping network f: z to w. Karras et al. 2019, Sec. 2 and App. C; conditions as in the authors' code of 2020. */
import { equalizedDense, lerp, pixelNorm, tf, zeros, type Network, type Tensor } from "@gan-arena/core";
import type { StyleganConfig } from "./config.js";
import type { Plan } from "./plan.js";

/** Slope of the rectifiers for negative inputs; what they take away is given back by {@link GAIN}. */
export const SLOPE = 0.2;
/** After a rectifier the mean square is again that of its input, about. */
export const GAIN = Math.SQRT2;

/**
 * `M(z)`, with labels `M(z, c)`; one more input psi `[]` draws w towards its running mean:
 *
 *     w' = wAvg + psi (w - wAvg)                     2019, App. B, the truncation trick in W
 *
 * In training the state `wAvg` follows the mean of the batch; it moves in phases that update M.
 * @returns w `[N,wDim]`
 */
export function mappingNetwork(config: StyleganConfig, { classes }: Plan): Network {
  const { wDim, mappingLayers, mappingLrMultiplier: lrMultiplier, wAvgDecay } = config;
  return (nn, z, ...rest) => {
    const [c, psi] = classes > 0 ? rest : [undefined, ...rest];
    let w = pixelNorm(z);
    if (c) w = tf.concat([w, pixelNorm(equalizedDense(nn, oneHot(c, classes), wDim, { name: "label" }))], 1);
    for (let layer = 0; layer < mappingLayers; layer++)
      w = tf.mul(GAIN, tf.leakyRelu(equalizedDense(nn, w, wDim, { lrMultiplier }), SLOPE)); // [N,wDim]
    const wAvg = nn.state("wAvg", [wDim], zeros);
    if (nn.training) wAvg.write(lerp(wAvg.read(), tf.mean(w, 0), 1 - wAvgDecay));
    return psi ? lerp(wAvg.read(), w, psi) : w;
  };
}

export const oneHot = (c: Tensor, classes: number): Tensor =>
  tf.cast(tf.oneHot(tf.cast(tf.reshape(c, [-1]), "int32"), classes), "float32"); // [N,classes]
