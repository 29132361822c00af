/**
 * @file Pooling in two and three dimensions, and dilation. Gradients are sums over the places of the window, built of
 * slices, pads and products, so that they have gradients themselves and every backend has their kernels.
 */
import * as tf from "@tensorflow/tfjs";
import { detached, gradientOf } from "./registry.js";
import { imageWindow, LOWEST, seenBy, sentBack, volumeWindow, type WindowAxis } from "./windows.js";

type Image = [number, number, number, number];
type Volume = [number, number, number, number, number];

/** The attributes of all pooling kernels, for two dimensions or three. */
interface PoolAttrs {
  readonly filterSize: number[] | number;
  readonly strides: number[] | number;
  readonly pad: tf.MaxPoolAttrs["pad"];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

function windowOf(x: tf.Tensor, { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): WindowAxis[] {
  if (x.rank === 4)
    return imageWindow(
      tf.backend_util.computePool2DInfo(
        x.shape as Image, filterSize as [number, number], strides as [number, number], 1, pad, dimRoundingMode,
      ), // prettier-ignore
    );
  return volumeWindow(
    tf.backend_util.computePool3DInfo(
      x.shape as Volume, filterSize as [number, number, number], strides as [number, number, number], 1,
      pad as number, dimRoundingMode, "NDHWC",
    ), // prettier-ignore
  );
}

/** How many places of each window lie inside the input, as `[1,…out,1]`: padding is not counted by the mean. */
function insideCounts(axes: readonly WindowAxis[]): tf.Tensor {
  const along = ({ output, stride, before, size, input }: WindowAxis): number[] =>
    Array.from({ length: output }, (_, i) => {
      const start = i * stride - before;
      return Math.min(start + size, input) - Math.max(start, 0);
    });
  const counts = axes.map(along).reduce((all, axis) => all.flatMap((a) => axis.map((b) => a * b)), [1]);
  return tf.tensor(counts, [1, ...axes.map(({ output }) => output), 1]);
}

/** Windows that tile the input exactly: the gradient is a repetition. */
const tiles = (axes: readonly WindowAxis[]): boolean =>
  axes.every(
    ({ size, stride, input, output, before, after }) =>
      stride === size && output * stride === input && before + after === 0,
  );

function averageGradient(dy: tf.Tensor, x: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  if (axes.length === 2 && tiles(axes)) {
    const [rows, columns] = axes as [WindowAxis, WindowAxis];
    const [n, h, w, c] = dy.shape as Image;
    const share = tf.reshape(tf.mul(dy, 1 / (rows.size * columns.size)), [n * h, 1, w, 1, c]);
    return tf.reshape(tf.tile(share, [1, rows.size, 1, columns.size, 1]), x.shape);
  }
  const share = tf.div(dy, insideCounts(axes));
  const places = axes.reduce((count, { size }) => count * size, 1);
  return sentBack(
    Array.from({ length: places }, () => share),
    axes,
    x.shape,
  );
}

/** Places that tie for the maximum share the gradient equally. */
function maximumGradient(dy: tf.Tensor, x: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  const shares = tf.unstack(detached(() => winners(seenBy(x, axes, LOWEST)))); // one [N,…out,C] for each place
  return sentBack(
    shares.map((share) => tf.mul(dy, share)),
    axes,
    x.shape,
  );
}

/** For each place 1 where it holds the largest of all places, divided by the number of such places, stacked. */
function winners(seen: readonly tf.Tensor[]): tf.Tensor {
  const all = tf.stack([...seen]);
  const hits = tf.cast(tf.equal(all, tf.max(all, 0, true)), "float32");
  return tf.div(hits, tf.sum(hits, 0, true));
}

const averages = [tf.AvgPool, tf.AvgPool3D].map((kernelName) =>
  gradientOf<PoolAttrs>(kernelName, { inputs: ["x"] }, (dy, [x], attrs) => ({
    x: () => averageGradient(dy, x, windowOf(x, attrs)),
  })),
);

const maxima = [tf.MaxPool, tf.MaxPool3D].map((kernelName) =>
  gradientOf<PoolAttrs>(kernelName, { inputs: ["x"] }, (dy, [x], attrs) => ({
    x: () => maximumGradient(dy, x, windowOf(x, attrs)),
  })),
);

/** The places where the maximum is come in a second result, which has no gradient. */
const maxPoolWithArgmax = gradientOf<PoolAttrs, tf.Tensor[]>(
  tf.MaxPoolWithArgmax,
  { inputs: ["x"] },
  ([dy], [x], attrs) => ({ x: () => maximumGradient(dy, x, windowOf(x, attrs)) }),
);

/** y = max over the places of x + filter: x and the filter's tap of the winning place get the gradient. */
const dilation2d = gradientOf<tf.Dilation2DAttrs>(
  tf.Dilation2D,
  { inputs: ["x", "filter"] },
  (dy, [x, filter], { strides, pad, dilations }) => {
    const info = tf.backend_util.computeDilation2DInfo(
      x.shape as Image, filter.shape as [number, number, number], strides, pad, "NHWC", dilations,
    ); // prettier-ignore
    const axes = imageWindow(info);
    const sent = (): tf.Tensor[] => {
      const taps = tf.unstack(tf.reshape(filter, [-1, filter.shape.at(-1) as number])); // [C] for each place
      const shares = detached(() => winners(seenBy(x, axes, LOWEST).map((seen, k) => tf.add(seen, taps[k]))));
      return tf.unstack(shares).map((share) => tf.mul(dy, share));
    };
    return {
      x: () => sentBack(sent(), axes, x.shape),
      filter: () => tf.reshape(tf.stack(sent().map((part) => tf.sum(part, [0, 1, 2]))), filter.shape),
    };
  },
);

export const poolingGradients = [...averages, ...maxima, maxPoolWithArgmax, dilation2d];
