/** @file Gradients checked against central differences, to first and second order. For tests of plugins and of core. */
import { internalError } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";

/** Values of one input, row-major. */
export interface Point {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

export interface GradientCheckOptions {
  /** 1: the gradient; 2: also the gradient of a fixed random projection of the gradient. Default 2. */
  readonly order?: 1 | 2;
  /** Half the distance between the two points of a difference. Default 1e-2, which suits float32. */
  readonly step?: number;
  /** Accepted error of one derivative: atol + rtol * |difference|. Defaults 1e-2 and 2e-3. */
  readonly rtol?: number;
  readonly atol?: number;
}

/** One derivative that does not agree. */
export interface GradientMismatch {
  readonly order: 1 | 2;
  readonly input: number;
  readonly element: number;
  readonly analytic: number;
  readonly numeric: number;
}

type Fn = (...inputs: Tensor[]) => Tensor;
type ScalarOf = (inputs: Tensor[]) => Tensor;

/**
 * Compares the derivatives that the tape gives with central differences, (f(x + h) - f(x - h)) / 2h, element by element.
 *
 * `fn` is made a scalar by a fixed random projection, so an error in any output shows. It must be smooth within `step`
 * of the points. Second order: the gradient is projected to a scalar too, and that scalar is differentiated by the tape
 * and by differences of the first-order gradient. An input that a result does not depend on has derivative zero.
 * @returns the derivatives that disagree, worst first; empty when all is well
 */
export function checkGradients(
  fn: Fn,
  points: readonly Point[],
  options: GradientCheckOptions = {},
): GradientMismatch[] {
  const { order = 2, step = 1e-2, rtol = 1e-2, atol = 2e-3 } = options;
  const first: ScalarOf = (inputs) => project(fn(...inputs), 0);
  const second: ScalarOf = (inputs) =>
    gradients(first, inputs)
      .map((gradient, i) => project(gradient, i + 1))
      .reduce((sum, term) => tf.add(sum, term));
  const found = compare(first, points, step).map((difference) => ({ ...difference, order: 1 as const }));
  const foundSecond = order === 1 ? [] : compare(second, points, step).map((d) => ({ ...d, order: 2 as const }));
  const excess = ({ analytic, numeric }: GradientMismatch): number =>
    Math.abs(analytic - numeric) / (atol + rtol * Math.abs(numeric));
  return [...found, ...foundSecond]
    .filter((derivative) => !(excess(derivative) <= 1))
    .sort((a, b) => excess(b) - excess(a));
}

/** The gradient of `f` for every input; zeros where there is no path. */
function gradients(f: ScalarOf, inputs: readonly Tensor[]): Tensor[] {
  const { grads } = tf.engine().gradients(() => f([...inputs]), [...inputs], undefined, true);
  return inputs.map((input, i) => (grads[i] as Tensor | undefined) ?? tf.zeros(input.shape));
}

type Derivative = Omit<GradientMismatch, "order">;

function compare(f: ScalarOf, points: readonly Point[], step: number): Derivative[] {
  const analytic = tf.tidy(() =>
    gradients(
      f,
      points.map((point) => toTensor(point)),
    ).map((g) => g.dataSync().slice()),
  );
  const valueAt = (input: number, element: number, shift: number): number =>
    tf.tidy(() => {
      const inputs = points.map((point, i) => toTensor(point, i === input ? { element, shift } : undefined));
      return f(inputs).dataSync()[0];
    });
  return points.flatMap((point, input) =>
    Array.from(point.values, (_, element) => {
      const numeric = (valueAt(input, element, step) - valueAt(input, element, -step)) / (2 * step);
      return { input, element, analytic: analytic[input][element], numeric };
    }),
  );
}

function toTensor({ shape, values }: Point, moved?: { element: number; shift: number }): Tensor {
  const data = Float32Array.from(values);
  if (data.length !== tf.util.sizeFromShape([...shape]))
    throw internalError("checkGradients", `${data.length} values were given for shape [${shape.join(",")}]`);
  if (moved) data[moved.element] += moved.shift;
  return tf.tensor(data, [...shape]);
}

/** Sum of the elements weighted by fixed numbers in [0.5,1.5) of either sign. */
function project(x: Tensor, salt: number): Tensor {
  const weights = scattered(x.size, 1000 + salt).map((u) => (u < 0 ? u - 0.5 : u + 0.5));
  return tf.sum(tf.mul(x, tf.tensor(Float32Array.from(weights), x.shape)));
}

/** A point of pseudo-random values in [-1,1), no two closer than 1 / size and none near zero: kinks keep their distance. */
export function pointOf(shape: readonly number[], salt = 0): Point {
  const size = tf.util.sizeFromShape([...shape]);
  const rank = scattered(size, salt)
    .map((value, index) => ({ value, index }))
    .sort((a, b) => a.value - b.value);
  const values = new Float32Array(size);
  rank.forEach(({ index }, i) => (values[index] = (2 * (i + 0.5)) / size - 1 || 0.5 / size));
  return { shape, values };
}

/** `n` numbers in [-1,1), the same ones for the same `salt`: digits of sines. */
function scattered(n: number, salt: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + (salt + 1) * 78.233) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}
