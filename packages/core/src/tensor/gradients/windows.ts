/** @file Windows that slide over an image or a volume: what pooling and its gradients are made of. */
import * as tf from "@tensorflow/tfjs";
import { spread } from "./rearranging.js";

/** A window along one spatial axis. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding. */
  readonly before: number;
  readonly after: number;
}

/** Smaller than any float32: a padded place never wins. */
export const LOWEST = -3.4028234663852886e38;

export const imageWindow = (info: tf.backend_util.Conv2DInfo): WindowAxis[] => [
  {
    input: info.inHeight,
    output: info.outHeight,
    size: info.filterHeight,
    stride: info.strideHeight,
    dilation: info.dilationHeight,
    before: info.padInfo.top,
    after: info.padInfo.bottom,
  },
  {
    input: info.inWidth,
    output: info.outWidth,
    size: info.filterWidth,
    stride: info.strideWidth,
    dilation: info.dilationWidth,
    before: info.padInfo.left,
    after: info.padInfo.right,
  },
];

export const volumeWindow = (info: tf.backend_util.Conv3DInfo): WindowAxis[] => [
  {
    input: info.inDepth,
    output: info.outDepth,
    size: info.filterDepth,
    stride: info.strideDepth,
    dilation: info.dilationDepth,
    before: info.padInfo.front,
    after: info.padInfo.back,
  },
  ...imageWindow(info as unknown as tf.backend_util.Conv2DInfo),
];

/** Places of the window, the last axis fastest. */
function placesOf(axes: readonly WindowAxis[]): number[][] {
  return axes.reduce<number[][]>(
    (places, { size, dilation }) =>
      places.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i * dilation])),
    [[]],
  );
}

/** What each place of the window sees of x, one `[N,…out,C]` for each place. @param filler stands in the padding */
export function seenBy(x: tf.Tensor, axes: readonly WindowAxis[], filler: number): tf.Tensor[] {
  const around: [number, number][] = [
    [0, 0],
    ...axes.map(({ before, after }) => [before, after] as [number, number]),
    [0, 0],
  ];
  const padded = tf.pad(x, around, filler);
  const [n, c] = [x.shape[0], x.shape.at(-1) as number];
  const strides = [1, ...axes.map(({ stride }) => stride), 1];
  return placesOf(axes).map((place) => {
    const end = axes.map(({ output, stride }, i) => place[i] + (output - 1) * stride + 1);
    return tf.stridedSlice(padded, [0, ...place, 0], [n, ...end, c], strides);
  });
}

/** Adds up what each place of each window sends to the input: the transpose of {@link seenBy}. @param shape of the input */
export function sentBack(
  parts: readonly tf.Tensor[],
  axes: readonly WindowAxis[],
  shape: readonly number[],
): tf.Tensor {
  const placed = placesOf(axes).map((place, k) =>
    axes.reduce((part, { input, before, after, stride }, i) => {
      const window = { axis: i + 1, begin: place[i], step: stride, extent: input + before + after };
      return spread(part, window);
    }, parts[k]),
  );
  const total = placed.length === 1 ? placed[0] : tf.addN(placed);
  return tf.slice(total, [0, ...axes.map(({ before }) => before), 0], [...shape]);
}
