/** @file How parameters begin. Values depend on (seed, network, parameter name) only, never on the order of creation. */
import { sizeOf } from "../contracts/tensors.js";
import type { RandomStream } from "../random/stream.js";

/** @returns row-major values for `shape`; `random` is keyed by the parameter's name */
export type Initializer = (shape: readonly number[], random: RandomStream) => Float32Array;

/** How many inputs feed one output, and how many outputs one input feeds. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

export interface FanOptions {
  /** True for the filter of a transposed convolution, `[kh,kw,out,in]`; its stride is not counted. Default false. */
  readonly transposed?: boolean;
}

/**
 * Fans of a dense weight `[in,out]`, a filter `[kh,kw,in,out]` or, transposed, `[kh,kw,out,in]`.
 *
 * Each channel counts once for every tap of the filter. A vector or a scalar has its own size for both.
 */
export function fansOf(shape: readonly number[], { transposed = false }: FanOptions = {}): Fans {
  if (shape.length < 2) return { fanIn: sizeOf(shape), fanOut: sizeOf(shape) };
  const [first, last] = shape.slice(-2) as [number, number];
  const taps = sizeOf(shape.slice(0, -2));
  const [inputs, outputs] = transposed ? [last, first] : [first, last];
  return { fanIn: taps * inputs, fanOut: taps * outputs };
}

/** Every value is `value`. */
export const constant =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

export const zeros = constant(0);
export const ones = constant(1);

/** Normal with standard deviation `std`; N(0, 0.02) is that of DCGAN (Radford et al. 2016, Sec. 4). */
export const normalInit =
  (std: number, mean = 0): Initializer =>
  (shape, random) =>
    random.normal(0, new Float32Array(sizeOf(shape))).map((value) => mean + std * value);

/** Uniform in [low,high). */
export const uniformInit =
  (low: number, high: number): Initializer =>
  (shape, random) =>
    random.uniform(0, new Float32Array(sizeOf(shape))).map((value) => low + (high - low) * value);

/**
 * Normal with values beyond two deviations drawn again.
 * @param std deviation before the cut; after it 0.8796 times as much
 */
export const truncatedNormal =
  (std: number, mean = 0): Initializer =>
  (shape, random) => {
    const values = random.normal(0, new Float32Array(sizeOf(shape)));
    let outside = indicesBeyond(values, 2);
    for (let draw = 1; outside.length > 0; draw++) {
      const fresh = random.normal(draw, new Float32Array(outside.length));
      outside.forEach((index, i) => (values[index] = fresh[i]));
      outside = outside.filter((index) => Math.abs(values[index]) > 2);
    }
    return values.map((value) => mean + std * value);
  };

const indicesBeyond = (values: Float32Array, bound: number): number[] =>
  [...values.keys()].filter((i) => Math.abs(values[i]) > bound);

/** Normal or uniform (same variance) with a variance that follows from the fans. */
function scaled(
  distribution: "normal" | "uniform",
  variance: (fans: Fans) => number,
  options: FanOptions,
): Initializer {
  return (shape, random) => {
    const std = Math.sqrt(variance(fansOf(shape, options)));
    const bound = Math.sqrt(3) * std;
    return distribution === "normal" ? normalInit(std)(shape, random) : uniformInit(-bound, bound)(shape, random);
  };
}

export interface HeOptions extends FanOptions {
  /** Slope of the leaky ReLU that follows; 0 for ReLU, which is the default. */
  readonly slope?: number;
}

/** He et al. 2015, arXiv:1502.01852, Eq. 15: variance 2 / ((1 + slope^2) fanIn). */
const heVariance =
  ({ slope = 0 }: HeOptions) =>
  ({ fanIn }: Fans): number =>
    2 / ((1 + slope ** 2) * fanIn);

export const heNormal = (options: HeOptions = {}): Initializer => scaled("normal", heVariance(options), options);
export const heUniform = (options: HeOptions = {}): Initializer => scaled("uniform", heVariance(options), options);

/** Glorot and Bengio 2010, Eq. 12 and 16: variance 2 / (fanIn + fanOut). */
const glorotVariance = ({ fanIn, fanOut }: Fans): number => 2 / (fanIn + fanOut);

export const glorotNormal = (options: FanOptions = {}): Initializer => scaled("normal", glorotVariance, options);
export const glorotUniform = (options: FanOptions = {}): Initializer => scaled("uniform", glorotVariance, options);

/** LeCun et al. 1998, Efficient BackProp, Eq. 16: variance 1 / fanIn. */
export const lecunNormal = (options: FanOptions = {}): Initializer =>
  scaled("normal", ({ fanIn }) => 1 / fanIn, options);

export interface TorchOptions extends FanOptions {
  /** For a bias: the fan-in of the weight that it goes with. */
  readonly fanIn?: number;
}

/**
 * What PyTorch's `Linear` and `Conv2d` start with: uniform in +-1 / sqrt(fanIn), weight and bias alike.
 *
 * PyTorch counts the output channels as the fan-in of a transposed convolution; so does this, to start alike.
 */
export const torchDefault =
  (options: TorchOptions = {}): Initializer =>
  (shape, random) => {
    const fans = fansOf(shape, options);
    const fanIn = options.fanIn ?? (options.transposed === true ? fans.fanOut : fans.fanIn);
    const bound = 1 / Math.sqrt(fanIn);
    return uniformInit(-bound, bound)(shape, random);
  };
