/**
 * @file A Parzen estimator of trials: one kernel for each, and one for the prior, all of them products over parameters.
 *
 * Bergstra, Bardenet, Bengio, Kégl 2011, "Algorithms for hyper-parameter optimization", Sec. 4; the bandwidths and the
 * handling of steps and choices as in Optuna 5 (Watanabe 2023, arXiv:2304.11127, Sec. 3.3 and App.).
 * Letters: mu and sigma of a kernel, K the number of kernels, the prior's included.
 */
import type { History } from "../../study/history.js";
import { logMass, ndtriExp, logNdtr } from "../../math/normal.js";
import { onGrid } from "../../space/distribution.js";
import { cellOf, type CategoricalDimension, type Dimension, type NumericDimension } from "./dimension.js";

/** Trials beyond the last so many count less the older they are. */
const FULL_WEIGHT = 25;
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);
/** With steps below this share of sigma a cell's mass is its width times the density, to a relative error of 1e-5. */
const FINE = 1e-2;

/** Kernels of one numeric parameter. */
interface Kernels {
  readonly dimension: NumericDimension;
  readonly mu: Float64Array;
  readonly sigma: Float64Array;
  /** 1 / sigma. */
  readonly sharpness: Float64Array;
  /** log of the mass inside the bounds. */
  readonly logInside: Float64Array;
  /** What is subtracted once from every log density of the kernel. */
  readonly logScale: Float64Array;
  /** True when a step's mass is its width times the density. */
  readonly smooth: boolean;
  /** Number of the kernel's (mu, sigma) among the different ones. */
  readonly unique: Int32Array;
  /** One kernel of each number. */
  readonly examples: Int32Array;
}

interface Categories {
  readonly dimension: CategoricalDimension;
  /** The choice of each trial; the prior's kernel is the last one and has none. */
  readonly choice: Int32Array;
}

export class ParzenEstimator {
  private readonly weights: Float64Array;
  private readonly axes: readonly (Kernels | Categories)[];

  /** @param members slots of trials in ascending order of their numbers, all of which have all dimensions */
  constructor(dimensions: readonly Dimension[], history: History, members: Int32Array) {
    this.weights = kernelWeights(members.length);
    this.axes = dimensions.map((dimension) =>
      dimension.kind === "numeric"
        ? numericKernels(dimension, history, members)
        : { dimension, choice: Int32Array.from(members, (slot) => history.column(dimension.index).values[slot]) },
    );
  }

  /** @param u numbers in [0,1): one for the kernel, then one for each dimension @returns a point in the dimensions' coordinates */
  sample(u: Float64Array): Float64Array {
    const kernel = pick(this.weights, u[0]);
    return Float64Array.from(this.axes, (axis, i) =>
      "mu" in axis ? sampleNumeric(axis, kernel, u[i + 1]) : this.sampleCategory(axis, kernel, u[i + 1]),
    );
  }

  /** log of the density (of the probability, for steps and choices) at each point. */
  logPdf(points: readonly Float64Array[]): Float64Array {
    const base = this.weights.map(Math.log);
    for (const axis of this.axes) if ("mu" in axis) for (let k = 0; k < base.length; k++) base[k] -= axis.logScale[k];
    const terms = new Float64Array(base.length);
    return Float64Array.from(points, (point) => {
      terms.set(base);
      this.axes.forEach((axis, i) => {
        if ("mu" in axis) addNumeric(terms, axis, point[i]);
        else this.addCategory(terms, axis, point[i]);
      });
      return logSumExp(terms);
    });
  }

  /** Row of a kernel: its choice plus the prior over K, normalised. */
  private categoryRow({ dimension, choice }: Categories, kernel: number): number[] {
    const { prior } = dimension;
    if (kernel >= choice.length) return [...prior];
    const share = prior.length / this.weights.length; // the prior has a mass of 1/K for each choice
    return prior.map((p, c) => (share * p + (c === choice[kernel] ? 1 : 0)) / (share + 1));
  }

  private sampleCategory(axis: Categories, kernel: number, u: number): number {
    return pick(Float64Array.from(this.categoryRow(axis, kernel)), u);
  }

  private addCategory(terms: Float64Array, { dimension, choice }: Categories, x: number): void {
    const prior = dimension.prior[x];
    const share = dimension.prior.length / this.weights.length;
    const hit = Math.log((share * prior + 1) / (share + 1));
    const miss = Math.log((share * prior) / (share + 1));
    for (let k = 0; k < choice.length; k++) terms[k] += choice[k] === x ? hit : miss;
    terms[choice.length] += Math.log(prior);
  }
}

/** Normalised: ones, but a ramp from 1/n for all before the last 25; then 1 for the prior. Optuna's `default_weights`. */
export function kernelWeights(n: number): Float64Array {
  const weights = new Float64Array(n + 1).fill(1);
  const ramp = n - FULL_WEIGHT;
  for (let i = 0; i < ramp; i++) weights[i] = ramp === 1 ? 1 / n : 1 / n + ((1 - 1 / n) * i) / (ramp - 1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function numericKernels(dimension: NumericDimension, history: History, members: Int32Array): Kernels {
  const { low, high, width, priorMu, priorSigma } = dimension;
  const n = members.length;
  const { values, order: slots } = history.column(dimension.index);
  const [mu, sigma] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  const order = kernelsInOrder(slots, members, values.length);
  for (let k = 0; k < n; k++) mu[k] = values[members[k]];
  // Watanabe 2023, App. on magic clipping: never narrower than what n trials could fill.
  const narrowest = width / Math.min(100, n + 2);
  for (let i = 0; i < n; i++) {
    const here = mu[order[i]];
    const left = i > 0 ? mu[order[i - 1]] : low;
    const right = i < n - 1 ? mu[order[i + 1]] : high;
    // The bounds are no neighbours, unless there are no others.
    const gapLeft = i === 0 && n > 1 ? 0 : here - left;
    const gapRight = i === n - 1 && n > 1 ? 0 : right - here;
    sigma[order[i]] = Math.min(width, Math.max(narrowest, gapLeft, gapRight));
  }
  mu[n] = priorMu;
  sigma[n] = priorSigma;
  const sharpness = sigma.map((s) => 1 / s);
  const logInside = insideOf({ history, members, dimension, mu, sigma });
  const smooth = isSmooth(dimension);
  const logScale = smooth ? logInside.map((log, k) => log + Math.log(sigma[k])) : logInside;
  const different = smooth ? { unique: order, examples: order } : uniqueKernels(mu, sigma, order);
  return { dimension, mu, sigma, sharpness, logInside, logScale, smooth, ...different };
}

interface Insides {
  readonly history: History;
  readonly members: Int32Array;
  readonly dimension: NumericDimension;
  readonly mu: Float64Array;
  readonly sigma: Float64Array;
}

/** By history and parameter: the last sigma of each slot and the log mass that belongs to it. Most do not change from ask to ask. */
const memory = new WeakMap<History, Map<number, { sigma: Float64Array; log: Float64Array }>>();

function insideOf({ history, members, dimension, mu, sigma }: Insides): Float64Array {
  const { index, low, high } = dimension;
  const columns = memory.get(history) ?? new Map<number, { sigma: Float64Array; log: Float64Array }>();
  memory.set(history, columns);
  const capacity = history.column(index).values.length;
  let known = columns.get(index);
  if (!known || known.sigma.length < capacity)
    columns.set(index, (known = { sigma: new Float64Array(capacity), log: new Float64Array(capacity) }));
  const inside = new Float64Array(mu.length);
  for (let k = 0; k < mu.length; k++) {
    const slot = members[k]; // the prior's kernel has none
    if (k < members.length && known.sigma[slot] === sigma[k]) {
      inside[k] = known.log[slot];
      continue;
    }
    inside[k] = logMass((low - mu[k]) / sigma[k], (high - mu[k]) / sigma[k]);
    if (k >= members.length) continue;
    known.sigma[slot] = sigma[k];
    known.log[slot] = inside[k];
  }
  return inside;
}

/** No step, or one that is small beside the narrowest kernel wherever it is widest: at the lower end of a logarithm. */
function isSmooth(dimension: NumericDimension): boolean {
  const cell = cellOf(dimension, dimension.low);
  return cell === undefined || (cell.right - cell.left) * 100 < FINE * dimension.width;
}

/** Kernels in ascending order of mu, from the history's order of all trials. */
function kernelsInOrder(slots: Int32Array, members: Int32Array, capacity: number): Int32Array {
  const kernelOf = new Int32Array(capacity).fill(-1);
  members.forEach((slot, kernel) => (kernelOf[slot] = kernel));
  const order = new Int32Array(members.length);
  let filled = 0;
  for (const slot of slots) if (kernelOf[slot] >= 0) order[filled++] = kernelOf[slot];
  return order;
}

/** Equal kernels are neighbours in the order of mu; steps make many of them. */
function uniqueKernels(mu: Float64Array, sigma: Float64Array, order: Int32Array) {
  const unique = new Int32Array(mu.length);
  const examples: number[] = [];
  let before = -1;
  for (let i = 0; i < mu.length; i++) {
    const kernel = i < order.length ? order[i] : mu.length - 1;
    if (before < 0 || mu[kernel] !== mu[before] || sigma[kernel] !== sigma[before]) examples.push(kernel);
    unique[kernel] = examples.length - 1;
    before = kernel;
  }
  return { unique, examples: Int32Array.from(examples) };
}

/** The truncated normal of a kernel at quantile u, on the grid of the parameter. */
function sampleNumeric({ dimension, mu, sigma, logInside }: Kernels, kernel: number, u: number): number {
  const { low, high, distribution } = dimension;
  const [m, s] = [mu[kernel], sigma[kernel]];
  const x = m + s * truncatedQuantile((low - m) / s, (high - m) / s, u, logInside[kernel]);
  const value = onGrid(distribution, Math.min(high, Math.max(low, x)));
  return distribution.log ? Math.log(value) : value;
}

/** z with P(a <= Z <= z) = u P(a <= Z <= b); computed from the side on which nothing cancels. */
function truncatedQuantile(a: number, b: number, u: number, logInside: number): number {
  if (u <= 0) return a;
  if (a < 0) return ndtriExp(logAdd(logNdtr(a), Math.log(u) + logInside));
  return -ndtriExp(logAdd(logNdtr(-b), Math.log1p(-u) + logInside));
}

const logAdd = (x: number, y: number): number =>
  x === -Infinity ? y : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));

function addNumeric(terms: Float64Array, kernels: Kernels, x: number): void {
  const { dimension, mu, sharpness, smooth, unique, examples } = kernels;
  const cell = cellOf(dimension, x);
  if (smooth || !cell) {
    const constant = (cell ? Math.log(cell.right - cell.left) : 0) - HALF_LOG_2PI;
    for (let k = 0; k < mu.length; k++) {
      const z = (x - mu[k]) * sharpness[k];
      terms[k] += constant - 0.5 * z * z;
    }
    return;
  }
  const { left, right } = cell;
  const mass = Float64Array.from(examples, (k) =>
    logMass((left - mu[k]) * sharpness[k], (right - mu[k]) * sharpness[k]),
  );
  for (let k = 0; k < mu.length; k++) terms[k] += mass[unique[k]];
}

/** The index at which the running sum of the weights, which is 1 at the end, passes u. */
function pick(weights: Float64Array, u: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length - 1; i++) {
    sum += weights[i];
    if (u < sum) return i;
  }
  return weights.length - 1;
}

function logSumExp(terms: Float64Array): number {
  let max = -Infinity;
  for (let k = 0; k < terms.length; k++) if (terms[k] > max) max = terms[k];
  if (max === -Infinity) return max;
  let sum = 0;
  // Below that a term does not change the sum: 10,000 times e^-40 is 4e-14.
  for (let k = 0; k < terms.length; k++) if (terms[k] > max - 40) sum += Math.exp(terms[k] - max);
  return max + Math.log(sum);
}
