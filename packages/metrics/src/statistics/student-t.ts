/** @file Student's t distribution, for confidence intervals from a handful of seeds. */

/**
 * The t with P(|T| <= t) = `level` for T of Student's distribution.
 *
 * With theta = atan(t / sqrt(nu)) the probability is a finite sum of powers of cos theta (Abramowitz and Stegun 1964,
 * 26.7.3 and 26.7.4), which is solved for theta by bisection.
 *
 * @param level in (0,1), for example 0.95
 * @param degrees of freedom nu, a whole number from 1 on
 * @example twoSidedT(0.95, 2) // 4.3027
 */
export function twoSidedT(level: number, degrees: number): number {
  let low = 0;
  let high = Math.PI / 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (massWithin(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2);
}

/** P(|T| <= sqrt(nu) tan theta). */
function massWithin(theta: number, degrees: number): number {
  const cosine = Math.cos(theta);
  const sine = Math.sin(theta);
  const odd = degrees % 2 === 1;
  // Each term is the one before times cos^2 theta k / (k + 1): k = 2, 4, … when nu is odd, 1, 3, … when it is even.
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 2 : 1; k <= degrees - 3; k += 2) {
    term *= (cosine ** 2 * k) / (k + 1);
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}
