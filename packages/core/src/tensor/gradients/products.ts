/** @file Products of matrices, contractions, and looking up rows. */
import * as tf from "@tensorflow/tfjs";
import { gradientOf, mask, unbroadcast } from "./registry.js";

/** Batch dimensions broadcast against each other, so the gradients are summed back. */
const batchMatMul = gradientOf<tf.BatchMatMulAttrs>(tf.BatchMatMul, { inputs: ["a", "b"] }, (dy, [a, b], attrs) => {
  const { transposeA, transposeB } = attrs;
  return {
    a: () => {
      const da = transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB);
      return unbroadcast(da, a.shape);
    },
    b: () => {
      const db = transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false);
      return unbroadcast(db, b.shape);
    },
  };
});

/**
 * The gradient of an operand is the contraction of dy with the other operand over the same letters; letters that the
 * operand alone has were summed, so the gradient is repeated along them.
 *
 * LIMIT: with two operands the cpu backend itself sums such letters wrongly ("ij,i->i"); sum before contracting instead.
 */
const einsum = gradientOf<tf.EinsumAttrs>(tf.Einsum, { inputs: "all" }, (dy, operands, { equation }) => {
  const [left, output] = equation.replaceAll(/\s/g, "").split("->") as [string, string];
  const terms = left.split(",");
  const gradient = (index: number) => (): tf.Tensor => {
    const own = terms[index].split("");
    const others = terms.filter((_, i) => i !== index);
    const known = new Set([output, ...others].join(""));
    const found = own.filter((letter) => known.has(letter)).join("");
    const partners = operands.filter((_, i) => i !== index);
    // the cpu backend hands an unchanged operand back as it is, which the tape would count twice
    const unchanged = others.length === 0 && found === output;
    const contracted = unchanged ? dy : tf.einsum(`${[output, ...others].join(",")}->${found}`, dy, ...partners);
    const shape = operands[index].shape;
    const spaced = tf.reshape(
      contracted,
      own.map((letter, i) => (known.has(letter) ? shape[i] : 1)),
    );
    return tf.broadcastTo(spaced, shape);
  };
  return Object.fromEntries(operands.map((_, index) => [String(index), gradient(index)]));
});

/** Each row of dy is added to the row it was taken from. */
const gather = gradientOf<tf.GatherV2Attrs>(tf.GatherV2, { inputs: ["x", "indices"] }, (dy, [x, indices], attrs) => ({
  x: () => {
    const batchDims = attrs.batchDims ?? 0;
    const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0];
    const batchShape = x.shape.slice(0, batchDims);
    const outerShape = x.shape.slice(batchDims, axis);
    const innerShape = x.shape.slice(axis + 1);
    const batch = tf.util.sizeFromShape(batchShape);
    const outer = tf.util.sizeFromShape(outerShape);
    const inner = tf.util.sizeFromShape(innerShape);
    const extent = x.shape[axis];
    const lookups = indices.size / batch;

    const rows = tf.transpose(tf.reshape(dy, [batch, outer, lookups, inner]), [0, 2, 1, 3]);
    // the rows of one batch entry come after those of the one before
    const offsets = tf.tensor2d(
      Array.from({ length: batch }, (_, i) => [i * extent]),
      [batch, 1],
      "int32",
    );
    const places = tf.add(tf.reshape(indices, [batch, lookups]), offsets);
    const sums = tf.unsortedSegmentSum(
      tf.reshape(rows, [batch * lookups, outer * inner]),
      tf.reshape<tf.Rank.R1>(places, [batch * lookups]),
      batch * extent,
    );
    const moved = tf.transpose(tf.reshape(sums, [batch, extent, outer, inner]), [0, 2, 1, 3]);
    return tf.reshape(moved, x.shape);
  },
  indices: () => tf.zeros(indices.shape),
}));

/** Rows with a negative segment were dropped: they get zero. */
const unsortedSegmentSum = gradientOf(tf.UnsortedSegmentSum, { inputs: ["segmentIds"] }, (dy, [segmentIds]) => ({
  x: () => {
    const rows = tf.gather(dy, tf.maximum(segmentIds, tf.scalar(0, "int32")));
    const kept = mask(() => tf.greaterEqual(segmentIds, tf.scalar(0, "int32")));
    return tf.mul(rows, tf.reshape(kept, [...segmentIds.shape, ...dy.shape.slice(1).map(() => 1)]));
  },
  segmentIds: () => tf.zeros(segmentIds.shape),
}));

export const productGradients = [batchMatMul, einsum, gather, unsortedSegmentSum];
