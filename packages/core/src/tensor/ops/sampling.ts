/**
 * @file Images sampled at any places: what cropping, rotating and projecting are made of. A sample is a sum of few pixels
 * with weights, so its transpose, the gradient, is made of the same pixels and weights.
 */
import * as tf from "@tensorflow/tfjs";

/** One pixel for each sample, and how much it counts. */
interface Tap {
  /** Numbers of pixels among those of all images, int32 `[K]`. */
  readonly pixels: tf.Tensor1D;
  /** `[K,1]` */
  readonly weights: tf.Tensor;
}

/** Where the samples of a new image `[n,h,w]` come from. Places outside have no weight. */
export interface Sampling {
  readonly taps: readonly Tap[];
  readonly shape: readonly [n: number, h: number, w: number];
}

/** What stands where there is no image, for all channels or each of them. */
type Filler = number | readonly number[];

/** @param image `[N,H,W,C]` @returns `[n,h,w,C]` */
export function sampleImage(image: tf.Tensor, { taps, shape }: Sampling, filler: Filler): tf.Tensor {
  const channels = image.shape[3] as number;
  const rows = tf.reshape(image, [image.size / channels, channels]);
  const seen = tf.addN(taps.map(({ pixels, weights }) => tf.mul(tf.gather(rows, pixels), weights)));
  const outside = tf.sub(1, tf.addN(taps.map(({ weights }) => weights))); // [K,1]
  return tf.reshape(tf.add(seen, tf.mul(outside, fillOf(filler))), [...shape, channels]);
}

const fillOf = (filler: Filler): tf.Tensor =>
  typeof filler === "number" ? tf.scalar(filler) : tf.tensor1d([...filler]);

/** The transpose: what is sampled goes back to its pixels. @param shape of the image that was sampled */
export function unsampleImage(dy: tf.Tensor, { taps }: Sampling, shape: readonly number[]): tf.Tensor {
  const channels = shape[3];
  const count = tf.util.sizeFromShape([...shape]) / channels;
  const rows = tf.reshape(dy, [dy.size / channels, channels]);
  const parts = taps.map(({ pixels, weights }) => tf.unsortedSegmentSum(tf.mul(rows, weights), pixels, count));
  return tf.reshape(tf.addN(parts), [...shape]);
}

type Method = "bilinear" | "nearest";

interface AxisTap {
  readonly index: tf.Tensor;
  readonly weight: tf.Tensor;
}

/** @param whole a place outside of the image sees nothing of it, not even the neighbour half a pixel away */
function axisTaps(place: tf.Tensor, extent: number, { method, whole }: { method: Method; whole: boolean }): AxisTap[] {
  const low = tf.floor(method === "nearest" ? tf.add(place, 0.5) : place);
  const share = tf.sub(place, low);
  const candidates: readonly [tf.Tensor, tf.Tensor][] =
    method === "nearest"
      ? [[low, tf.onesLike(low)]]
      : [
          [low, tf.sub(1, share)],
          [tf.add(low, 1), share],
        ];
  return candidates.map(([index, weight]) => {
    const inside = whole ? place : index;
    const valid = tf.logicalAnd(tf.greaterEqual(inside, 0), tf.lessEqual(inside, extent - 1));
    return {
      index: tf.cast(tf.clipByValue(index, 0, extent - 1), "int32"),
      weight: tf.where(valid, weight, tf.zerosLike(weight)),
    };
  });
}

interface Places {
  /** Rows and columns, pixels from the first one on; they broadcast to `[n,h,w]`. */
  readonly rows: tf.Tensor;
  readonly columns: tf.Tensor;
  /** Which image, int32, broadcasts to `[n,h,w]`. */
  readonly images: tf.Tensor;
}

function samplingAt(
  { rows, columns, images }: Places,
  image: readonly number[],
  { shape, ...how }: { shape: Sampling["shape"]; method: Method; whole: boolean },
): Sampling {
  const [, height, width] = image as [number, number, number];
  const full = tf.zeros([...shape]);
  const count = full.size;
  const taps = axisTaps(rows, height, how).flatMap((row) =>
    axisTaps(columns, width, how).map((column): Tap => {
      const line = tf.add(tf.mul(images, tf.scalar(height, "int32")), row.index);
      const pixel = tf.add(tf.mul(line, tf.scalar(width, "int32")), column.index);
      return {
        pixels: tf.reshape<tf.Rank.R1>(tf.add(pixel, tf.cast(full, "int32")), [count]),
        weights: tf.reshape(tf.add(tf.mul(row.weight, column.weight), full), [count, 1]),
      };
    }),
  );
  return { taps, shape };
}

/** @param boxes `[B,4]`, y1 x1 y2 x2 in units of the image @param boxInd int32 `[B]` */
export function cropSampling(
  image: readonly number[],
  {
    boxes,
    boxInd,
    cropSize,
    method,
  }: { boxes: tf.Tensor; boxInd: tf.Tensor; cropSize: [number, number]; method: Method },
): Sampling {
  const [, height, width] = image as [number, number, number];
  const count = boxes.shape[0];
  const along = (first: number, extent: number, size: number): tf.Tensor => {
    const [from, to] = [tf.slice(boxes, [0, first], [count, 1]), tf.slice(boxes, [0, first + 2], [count, 1])];
    const step = Float32Array.from({ length: size }, (_, i) => (size > 1 ? i / (size - 1) : 0.5));
    const last = extent - 1;
    return tf.add(tf.mul(from, last), tf.mul(tf.mul(tf.sub(to, from), last), tf.tensor2d(step, [1, size]))); // [B,size]
  };
  const [h, w] = cropSize;
  const places = {
    rows: tf.reshape(along(0, height, h), [count, h, 1]),
    columns: tf.reshape(along(1, width, w), [count, 1, w]),
    images: tf.reshape(tf.cast(boxInd, "int32"), [count, 1, 1]),
  };
  return samplingAt(places, image, { shape: [count, h, w], method, whole: true });
}

/** Every output (x, y) looks at ((t0 x + t1 y + t2) / p, (t3 x + t4 y + t5) / p) with p = t6 x + t7 y + 1. */
export function projectionSampling(
  image: readonly number[],
  {
    transforms,
    interpolation,
    fillMode,
    outputShape,
  }: { transforms: tf.Tensor; interpolation: Method; fillMode: string; outputShape?: [number, number] | null },
): Sampling {
  const [n, height, width] = image as [number, number, number];
  const [h, w] = outputShape ?? [height, width];
  const [x, y] = [tf.reshape(tf.range(0, w), [1, 1, w]), tf.reshape(tf.range(0, h), [1, h, 1])];
  const entry = (i: number): tf.Tensor => tf.reshape(tf.slice(transforms, [0, i], [-1, 1]), [-1, 1, 1]);
  const plane = (a: number, b: number, c: tf.Tensor): tf.Tensor =>
    tf.add(tf.add(tf.mul(entry(a), x), tf.mul(entry(b), y)), c);
  const depth = plane(6, 7, tf.scalar(1));
  const infinite = tf.equal(depth, 0);
  const looked = (at: tf.Tensor, extent: number): tf.Tensor => {
    const place = tf.div(at, tf.where(infinite, tf.onesLike(depth), depth));
    return tf.where(infinite, tf.fill(place.shape, -2), folded(place, extent, fillMode)); // -2: outside, also bilinearly
  };
  const numbers = tf.reshape(tf.range(0, n, 1, "int32"), [n, 1, 1]);
  const places = {
    rows: looked(plane(3, 4, entry(5)), height),
    columns: looked(plane(0, 1, entry(2)), width),
    images: numbers,
  };
  return samplingAt(places, image, { shape: [n, h, w], method: interpolation, whole: false });
}

/** A place outside of the image as one inside, by the way the image goes on. */
function folded(place: tf.Tensor, extent: number, mode: string): tf.Tensor {
  const last = extent - 1;
  const clamped = (at: tf.Tensor): tf.Tensor => tf.clipByValue(at, 0, last);
  if (mode === "constant") return place;
  if (mode === "nearest" || extent === 1) return clamped(place);
  const outside = (below: tf.Tensor, above: tf.Tensor): tf.Tensor =>
    clamped(tf.where(tf.less(place, 0), below, tf.where(tf.greater(place, last), above, place)));
  const rounds = (at: tf.Tensor, period: number): tf.Tensor => tf.floor(tf.div(at, period));
  if (mode === "wrap") {
    const below = tf.add(place, tf.mul(extent, tf.add(rounds(tf.neg(place), last), 1)));
    return outside(below, tf.sub(place, tf.mul(extent, rounds(place, last))));
  }
  const period = 2 * extent; // reflect: [dcba|abcd|dcba]
  const under = tf.add(place, tf.mul(period, rounds(tf.neg(place), period)));
  const over = tf.sub(place, tf.mul(period, rounds(place, period)));
  return outside(
    tf.where(tf.less(under, -extent), tf.add(under, period), tf.sub(tf.neg(under), 1)),
    tf.where(tf.greaterEqual(over, extent), tf.sub(period - 1, over), over),
  );
}

/** Turned about a centre in units of the image; every output takes the pixel that is nearest to where it looks. */
export function rotationSampling(
  image: readonly number[],
  { radians, center }: { radians: number; center: number | [number, number] },
): Sampling {
  const [n, height, width] = image as [number, number, number];
  const [centerX, centerY] = tf.backend_util.getImageCenter(center, height, width);
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  const looks = Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [(i % width) - centerX, Math.floor(i / width) - centerY];
    return [Math.round(x * cos - y * sin + centerX), Math.round(x * sin + y * cos + centerY)] as const;
  });
  const at = (axis: 0 | 1): tf.Tensor => tf.tensor3d(looks.map((look) => look[axis]), [1, height, width], "float32"); // prettier-ignore
  const images = tf.reshape(tf.range(0, n, 1, "int32"), [n, 1, 1]);
  const places = { rows: at(1), columns: at(0), images };
  return samplingAt(places, image, { shape: [n, height, width], method: "nearest", whole: true });
}

/** A filler of three colours means an opaque image where there is a fourth channel. */
export const opaque = (filler: Filler, channels: number): Filler =>
  typeof filler === "number" ? filler : [...filler.slice(0, 3), 255].slice(0, channels);
