/**
 * @file Resampling by a fixed low-pass filter: Zhang 2019, arXiv:1904.11486; StyleGAN2's `upfirdn2d`, arXiv:1912.04958, App. B.
 *
 * Halving filters and keeps every second pixel; doubling puts zeros between the pixels and filters. Up to a factor each is
 * the transpose of the other, so the gradients of one are made of the other, to every order.
 */
import { kernel } from "../tensor/gradients/registry.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { badPlugin, formatShape, shapeMismatch } from "../errors.js";

/** The filter of StyleGAN: a binomial one, the square of (1,1) with (1,1) once more. */
export const BINOMIAL_TAPS: readonly number[] = [1, 3, 3, 1];

/** Zeros before and after, on rows and columns alike. */
export type ResamplePadding = readonly [before: number, after: number];

export interface FilterOptions {
  /** Zeros put before and after rows and columns. Default: as many as keep the size. */
  readonly padding?: ResamplePadding;
  /** Taps in one direction, symmetric, an even number of them; normalised to sum 1. Default {@link BINOMIAL_TAPS}. */
  readonly taps?: readonly number[];
  /** Factor on the result. Default 1. */
  readonly gain?: number;
}

/**
 * Filters each channel: y[i,j] = gain sum_uv t_u t_v x[i + u - before, j + v - before] with sum t = 1.
 *
 * @param x `[N,H,W,C]`
 * @returns `[N,H',W',C]`, H' = H + before + after - (taps - 1)
 */
export function filter2d(x: Tensor, { padding, taps = BINOMIAL_TAPS, gain = 1 }: FilterOptions = {}): Tensor {
  const [, , , channels] = imageOf("filter2d", x, taps);
  const [before, after] = padding ?? [taps.length / 2 - 1, taps.length / 2];
  const pads = [
    [0, 0],
    [before, after],
    [before, after],
    [0, 0],
  ];
  return kernel(tf.DepthwiseConv2dNative, { x, filter: filterOf(taps, channels, gain) }, { ...geometry(1), pad: pads });
}

/**
 * Half the size: filtered, then every second pixel.
 *
 * @param x `[N,H,W,C]` of even height and width
 * @returns `[N,H/2,W/2,C]`; a constant image stays constant away from the border, where zeros come in
 */
export function downsample2d(x: Tensor, taps: readonly number[] = BINOMIAL_TAPS): Tensor {
  const [, height, width, channels] = imageOf("downsample2d", x, taps);
  if (height % 2 !== 0 || width % 2 !== 0)
    throw shapeMismatch("downsample2d", "the input", "[N,H,W,C] with H and W even", x.shape, "pad it first");
  const filter = filterOf(taps, channels, 1);
  return kernel(tf.DepthwiseConv2dNative, { x, filter }, { ...geometry(2), pad: padsOf(taps) });
}

/**
 * Twice the size: zeros between the pixels, filtered, times 4 to make up for them; 4 times the transpose of
 * {@link downsample2d}.
 *
 * @param x `[N,H,W,C]`
 * @returns `[N,2H,2W,C]`
 */
export function upsample2d(x: Tensor, taps: readonly number[] = BINOMIAL_TAPS): Tensor {
  const [n, height, width, channels] = imageOf("upsample2d", x, taps);
  const attributes = { ...geometry(2), pad: padsOf(taps), inputShape: [n, 2 * height, 2 * width, channels] };
  return kernel(tf.DepthwiseConv2dNativeBackpropInput, { dy: x, filter: filterOf(taps, channels, 4) }, attributes);
}

const geometry = (stride: number) => ({ strides: [stride, stride], dilations: [1, 1], dimRoundingMode: "floor" });

/** Zeros on either side that make strides of 2 fit. */
const padsOf = (taps: readonly number[]): number => taps.length / 2 - 1;

/** The outer product of the taps, once for each channel. @returns `[k,k,C,1]` */
function filterOf(taps: readonly number[], channels: number, gain: number): Tensor {
  const sum = taps.reduce((total, tap) => total + tap, 0);
  const k = taps.length;
  const values = Float32Array.from({ length: k * k * channels }, (_, i) => {
    const place = Math.floor(i / channels);
    return (gain * taps[Math.floor(place / k)] * taps[place % k]) / sum ** 2;
  });
  return tf.tensor4d(values, [k, k, channels, 1]);
}

function imageOf(where: string, x: Tensor, taps: readonly number[]): readonly [number, number, number, number] {
  if (x.rank !== 4) throw shapeMismatch(where, "the input", "[N,H,W,C]", x.shape, "reshape it first");
  const symmetric = taps.every((tap, i) => tap === taps[taps.length - 1 - i]);
  if (taps.length === 0 || taps.length % 2 !== 0 || !symmetric)
    throw badPlugin(
      where,
      `taps must be symmetric and even in number, got ${formatShape(taps)}; use [1,3,3,1], or [1,1] for plain averages`,
    );
  return x.shape as [number, number, number, number];
}
