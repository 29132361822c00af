/** @file Ops that choose elements by index or by rank: what was taken is put back, and the other way round. */
import * as tf from "@tensorflow/tfjs";
import { detached, gradientOf, kernel, mask } from "./registry.js";

const scatter = (indices: tf.Tensor, updates: tf.Tensor, shape: number[]): tf.Tensor =>
  kernel(tf.ScatterNd, { indices, updates }, { shape });
const gather = (params: tf.Tensor, indices: tf.Tensor): tf.Tensor => kernel(tf.GatherNd, { params, indices });

/** What was written to these places; a vector of them means places along the first axis, other than in gatherND. */
const written = (params: tf.Tensor, indices: tf.Tensor): tf.Tensor =>
  gather(params, indices.rank < 2 ? tf.reshape(indices, [indices.size, 1]) : indices);

const gatherNd = gradientOf(tf.GatherNd, { inputs: ["params", "indices"] }, (dy, [params, indices]) => ({
  params: () => scatter(indices, dy, params.shape),
}));

const scatterNd = gradientOf(tf.ScatterNd, { inputs: ["indices"] }, (dy, [indices]) => ({
  updates: () => written(dy, indices),
}));

/** Of a place that is written twice only the last update is seen; here both get its gradient. Do not write twice. */
const tensorScatterUpdate = gradientOf(
  tf.TensorScatterUpdate,
  { inputs: ["indices", "updates"] },
  (dy, [indices, updates]) => ({
    // Not by the kernel itself, which on the cpu backend writes into its operand.
    tensor: () =>
      tf.mul(
        dy,
        mask(() => tf.equal(scatter(indices, tf.onesLike(updates), dy.shape), 0)),
      ),
    updates: () => written(dy, indices),
  }),
);

/** dy of the k largest goes back to where they were. */
const topK = gradientOf<tf.TopKAttrs, tf.Tensor[]>(tf.TopK, { inputs: ["x"] }, ([dy], [x], { k, sorted }) => ({
  x: () => {
    const n = x.shape.at(-1) as number;
    const rows = x.size / n;
    const places = detached(() => tf.cast(tf.oneHot(tf.topk(x, k, sorted).indices, n), "float32")); // [...,k,n]
    const sent = tf.matMul(tf.reshape(dy, [rows, 1, k]), tf.reshape(places, [rows, k, n]));
    return tf.reshape(sent, x.shape);
  },
}));

const diag = gradientOf(tf.Diag, { inputs: ["x"] }, (dy, [x]) => ({
  x: () => tf.reshape(tf.sum(tf.mul(tf.reshape(dy, [x.size, x.size]), tf.eye(x.size)), 1), x.shape),
}));

export const indexingGradients = [gatherNd, scatterNd, tensorScatterUpdate, topK, diag];
