/**
 * @file The sliced Wasserstein distance: sets of vectors are compared along random directions, where the optimal
 * transport is known, because it keeps the order.
 *
 * Rabin et al. 2011, "Wasserstein Barycenter and its Application to Texture Mixing"; Bonneel et al. 2015, "Sliced and
 * Radon Wasserstein Barycenters of Measures".
 */
import { stream } from "@gan-arena/core/base";
import type { Vectors } from "./samples.js";
import { sortFloats } from "./sort-floats.js";

/** Directions projected at a time, so that the projections stay in the cache until they are sorted. */
const BLOCK = 16;

/** `count` unit vectors of length `dim`, uniform on the sphere, row-major; in one dimension always 1. */
export function directions(seed: number, name: string, { count, dim }: { count: number; dim: number }): Vectors {
  const values = new Float32Array(count * dim);
  if (dim === 1) return { count, dim, values: values.fill(1) };
  stream(seed, name).normal(0, values);
  for (let row = 0; row < count; row++) {
    const vector = values.subarray(row * dim, (row + 1) * dim);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    for (let axis = 0; axis < dim; axis++) vector[axis] /= norm;
  }
  return { count, dim, values };
}

/**
 * Sliced Wasserstein distance of order p between two sets of vectors, each vector of the same weight in its set:
 * (mean over directions theta of W_p(<a, theta>, <b, theta>)^p)^(1/p).
 *
 * In n dimensions a shift by mu gives about |mu| / sqrt(n) for p = 2, since E<mu, theta>^2 = |mu|^2 / n; so for
 * pictures the unit is that of the root mean square over pixels. The sets may differ in size.
 *
 * @param along unit vectors, from {@link directions}
 */
export function slicedWasserstein(a: Vectors, b: Vectors, along: Vectors, p: 1 | 2): number {
  const projectedA = new Float32Array(BLOCK * a.count);
  const projectedB = new Float32Array(BLOCK * b.count);
  let total = 0;
  for (let first = 0; first < along.count; first += BLOCK) {
    const rows = Math.min(BLOCK, along.count - first);
    project(a, along, { first, rows }, projectedA);
    project(b, along, { first, rows }, projectedB);
    for (let row = 0; row < rows; row++) {
      const sortedA = sortFloats(projectedA.subarray(row * a.count, (row + 1) * a.count));
      const sortedB = sortFloats(projectedB.subarray(row * b.count, (row + 1) * b.count));
      total += transportCost(sortedA, sortedB, p);
    }
  }
  return (total / along.count) ** (1 / p);
}

/**
 * W_p^p of two sorted lists of numbers: the integral of |F_a^-1(u) - F_b^-1(u)|^p over u in [0,1].
 * @example transportCost(Float32Array.of(0, 1), Float32Array.of(2), 2) // (4 + 1) / 2
 */
export function transportCost(a: Float32Array, b: Float32Array, p: 1 | 2): number {
  let total = 0;
  if (a.length === b.length) {
    if (p === 1) for (let i = 0; i < a.length; i++) total += Math.abs(a[i] - b[i]);
    else for (let i = 0; i < a.length; i++) total += (a[i] - b[i]) ** 2;
    return total / a.length;
  }
  // In units of 1 / (a.length * b.length) each number of a weighs b.length, each of b weighs a.length.
  let leftA = b.length;
  let leftB = a.length;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const moved = Math.min(leftA, leftB);
    total += moved * Math.abs(a[i] - b[j]) ** p;
    leftA -= moved;
    leftB -= moved;
    if (leftA === 0) {
      i++;
      leftA = b.length;
    }
    if (leftB === 0) {
      j++;
      leftB = a.length;
    }
  }
  return total / (a.length * b.length);
}

/** Scalar products of all vectors with directions first … first + rows - 1, into `out` `[rows][count]`. */
function project(
  { count, dim, values }: Vectors,
  along: Vectors,
  { first, rows }: { readonly first: number; readonly rows: number },
  out: Float32Array,
): void {
  const d = along.values;
  // Four vectors by two directions at a time: eight sums in registers, six loads for eight products.
  let row = 0;
  for (; row + 1 < rows; row += 2) {
    const d0 = (first + row) * dim;
    const d1 = d0 + dim;
    let i = 0;
    for (; i + 3 < count; i += 4) {
      const v0 = i * dim;
      const v1 = v0 + dim;
      const v2 = v1 + dim;
      const v3 = v2 + dim;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      let s20 = 0;
      let s21 = 0;
      let s30 = 0;
      let s31 = 0;
      for (let k = 0; k < dim; k++) {
        const a = d[d0 + k];
        const b = d[d1 + k];
        const w = values[v0 + k];
        const x = values[v1 + k];
        const y = values[v2 + k];
        const z = values[v3 + k];
        s00 += w * a;
        s01 += w * b;
        s10 += x * a;
        s11 += x * b;
        s20 += y * a;
        s21 += y * b;
        s30 += z * a;
        s31 += z * b;
      }
      const o0 = row * count + i;
      const o1 = o0 + count;
      out[o0] = s00;
      out[o0 + 1] = s10;
      out[o0 + 2] = s20;
      out[o0 + 3] = s30;
      out[o1] = s01;
      out[o1 + 1] = s11;
      out[o1 + 2] = s21;
      out[o1 + 3] = s31;
    }
    for (; i < count; i++) {
      out[row * count + i] = dot(values, i * dim, d, { at: d0, dim });
      out[(row + 1) * count + i] = dot(values, i * dim, d, { at: d1, dim });
    }
  }
  for (; row < rows; row++)
    for (let i = 0; i < count; i++) out[row * count + i] = dot(values, i * dim, d, { at: (first + row) * dim, dim });
}

function dot(a: Float32Array, atA: number, b: Float32Array, { at, dim }: { at: number; dim: number }): number {
  let sum = 0;
  for (let k = 0; k < dim; k++) sum += a[atA + k] * b[at + k];
  return sum;
}
