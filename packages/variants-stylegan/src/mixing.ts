/** @file Which w goes to which layer. Karras et al. 2019, Sec. 3.1, style mixing. */
import { lerp, tf, type Tensor } from "@gan-arena/core";

/** The same w for every layer. @param w `[N,wDim]` @returns `[N,styles,wDim]` */
export const broadcastStyles = (w: Tensor, styles: number): Tensor => tf.tile(tf.expandDims(w, 1), [1, styles, 1]);

/**
 * Layers take `first`, those from `from` on and before `to` take `second`.
 * @param options.from a number, or one for each sample `[N,1,1]`
 * @returns `[N,styles,wDim]`
 */
export function crossOver(
  first: Tensor,
  second: Tensor,
  { styles, from, to = styles }: { readonly styles: number; readonly from: Tensor | number; readonly to?: number },
): Tensor {
  const layers = tf.tensor3d(
    Array.from({ length: styles }, (_, layer) => layer),
    [1, styles, 1],
  );
  const taken = tf.logicalAnd(tf.greaterEqual(layers, from), tf.less(layers, to)); // [N or 1,styles,1]
  return lerp(tf.expandDims(first, 1), tf.expandDims(second, 1), tf.cast(taken, "float32"));
}

/**
 * Styles as in training: with `probability` a sample's layers from a random one on take their style from another latent,
 * so that neighbouring layers cannot rely on each other.
 * @param chance uniform in [0,1) `[N,2]`: whether, and where (from layer 1 on)
 * @returns `[N,styles,wDim]`
 */
export function mixStyles(
  first: Tensor,
  second: Tensor,
  { chance, styles, probability }: { chance: Tensor; styles: number; probability: number },
): Tensor {
  const [whether, where] = tf.split(chance, 2, 1) as [Tensor, Tensor];
  const mixed = tf.cast(tf.less(whether, probability), "float32"); // [N,1]
  const place = tf.add(1, tf.floor(tf.mul(where, styles - 1)));
  const from = tf.add(tf.mul(mixed, place), tf.mul(tf.sub(1, mixed), styles));
  return crossOver(first, second, { styles, from: tf.reshape(from, [-1, 1, 1]) });
}
