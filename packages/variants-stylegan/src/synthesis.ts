/** @file The synthesis network g: styles and noise to an image. Karras et al. 2020, Fig. 7: skip (b) or residual (c) output. */
import { equalizedConv2d, normalInit, tf, upsample2d, type Network, type Scope, type Tensor } from "@gan-arena/core";
import type { StyleganConfig } from "./config.js";
import type { Plan } from "./plan.js";
import { adainConv, modulatedConv, toColours } from "./styled.js";

/**
 * `G(ws, noise)`: ws `[N,styles,wDim]`, one w for each styled layer and one for the last colours; noise `[N,noise]`, the
 * pixels of all layers' noise one after the other.
 * @returns `[N,H,W,channels]`, not bounded: nothing saturates, D keeps it near [-1,1]
 */
export function synthesisNetwork({ style, output }: StyleganConfig, plan: Plan): Network {
  const { levels, layers, channels } = plan;
  const styled = style === "adain" ? adainConv : modulatedConv;
  return (nn, ws, noise) => {
    const styles = tf.unstack(ws, 1); // styles times [N,wDim]
    const n = ws.shape[0];
    const [{ side, width }] = levels;
    let h = tf.tile(nn.param("constant", [1, side, side, width], normalInit(1)), [n, 1, 1, 1]);
    let image: Tensor | undefined;
    levels.forEach((level, l) => {
      const skip = output === "residual" && l > 0 ? shortcut(nn, h, level.width) : undefined;
      layers.forEach((layer, i) => {
        if (layer.level !== l) return;
        const pixels = tf.slice(noise, [0, layer.noiseAt], [n, level.side ** 2]);
        const last = layer.kind === "conv";
        h = nn.scope(`${layer.kind}${level.side}`, (nn) =>
          styled(
            nn,
            { x: h, w: styles[i], noise: tf.reshape(pixels, [n, level.side, level.side, 1]) },
            { kind: layer.kind, width: level.width, gain: skip && last ? Math.SQRT1_2 : 1 },
          ),
        );
      });
      if (skip) h = tf.add(h, skip);
      if (output === "residual" && l < levels.length - 1) return;
      // As in the authors' code, the colours of a level share the style of the layer that follows.
      const next = layers.findLastIndex((layer) => layer.level === l) + 1;
      const w = style === "adain" ? undefined : styles[next];
      const colours = nn.scope(`colours${level.side}`, (nn) => toColours(nn, h, { w, channels }));
      image = image ? tf.add(upsample2d(image), colours) : colours;
    });
    return image as Tensor;
  };
}

/** The short way around a level: 1x1 and twice the size. With sqrt(1/2) on both ways the variance of the sum is kept. */
const shortcut = (nn: Scope, x: Tensor, width: number): Tensor =>
  upsample2d(equalizedConv2d(nn, x, width, { kernel: 1, bias: false, gain: Math.SQRT1_2 }));
