/** @file Fourier transforms of images, as two real parts: for losses in the frequency domain, on every engine. */
import * as tf from "@tensorflow/tfjs";

/** A complex image by its parts. */
export interface Spectrum {
  readonly real: tf.Tensor;
  readonly imag: tf.Tensor;
}

/**
 * The discrete Fourier transform of each channel, F[u,v] = sum over i, j of x[i,j] exp(-2 pi i (u i / H + v j / W)), not
 * normalised; as products with cosines and sines, so it has gradients of every order. Costs H W (H + W) for each channel.
 *
 * @param x `[N,H,W,C]`
 * @returns both parts, `[N,H,W,C]`
 */
export function spectrum2d(x: tf.Tensor): Spectrum {
  const [, height, width] = x.shape as [number, number, number, number];
  const [rows, columns] = [waves(height), waves(width)];
  const [byCos, bySin] = [along(x, 1, rows.cos), along(x, 1, rows.sin)];
  return {
    real: tf.sub(along(byCos, 2, columns.cos), along(bySin, 2, columns.sin)),
    imag: tf.neg(tf.add(along(byCos, 2, columns.sin), along(bySin, 2, columns.cos))),
  };
}

/** cos and sin of 2 pi u i / n for all u and i, `[n,n]`. */
function waves(n: number): { readonly cos: tf.Tensor2D; readonly sin: tf.Tensor2D } {
  // The product is taken modulo n: angles stay small and exact.
  const table = (of: (angle: number) => number): tf.Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: n * n }, (_, k) => of((2 * Math.PI * ((Math.floor(k / n) * (k % n)) % n)) / n)),
      [n, n],
    );
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/** Products of a matrix `[n,n]`, symmetric, with all vectors along an axis. */
function along(x: tf.Tensor, axis: 1 | 2, matrix: tf.Tensor2D): tf.Tensor {
  const perm = axis === 1 ? [0, 3, 2, 1] : [0, 3, 1, 2]; // the axis last
  const moved = tf.transpose(x, perm);
  const product = tf.reshape(tf.matMul(tf.reshape(moved, [-1, matrix.shape[0]]), matrix), moved.shape);
  return tf.transpose(product, tf.backend_util.getUndoAxesPermutation(perm));
}
