/**
 * @file The standard normal distribution to nearly the last bit, in the tails too.
 *
 * The complementary error function is Cody's rational Chebyshev approximation (W. J. Cody, "Rational Chebyshev
 * approximations for the error function", Math. Comp. 23, 1969); its inverse begins at Acklam's approximation and is
 * polished by one step of Halley.
 */

const SQRT2 = Math.SQRT2;
const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);
const SQRT_PI_INV = 1 / Math.sqrt(Math.PI);

// Cody 1969, Tables I to III: |x| <= 0.46875, 0.46875 < |x| <= 4, |x| > 4; numerators P, denominators Q.
const P1 = [3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694, 0.18577770618460315];
const Q1 = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const P2 = [
  0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972, 2.1531153547440383e-8,
];
const Q2 = [
  15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
];
const P3 = [
  0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378,
  0.016315387137302097,
];
const Q3 = [2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918];

function centralErf(x: number): number {
  const y = x * x;
  let numerator = P1[4] * y;
  let denominator = y;
  for (let i = 0; i < 3; i++) {
    numerator = (numerator + P1[i]) * y;
    denominator = (denominator + Q1[i]) * y;
  }
  return (x * (numerator + P1[3])) / (denominator + Q1[3]);
}

/** erfc(x) exp(x^2) for x > 0.46875. */
function scaledErfc(x: number): number {
  if (x <= 4) {
    let numerator = P2[8] * x;
    let denominator = x;
    for (let i = 0; i < 7; i++) {
      numerator = (numerator + P2[i]) * x;
      denominator = (denominator + Q2[i]) * x;
    }
    return (numerator + P2[7]) / (denominator + Q2[7]);
  }
  const y = 1 / (x * x);
  let numerator = P3[5] * y;
  let denominator = y;
  for (let i = 0; i < 4; i++) {
    numerator = (numerator + P3[i]) * y;
    denominator = (denominator + Q3[i]) * y;
  }
  const tail = (y * (numerator + P3[4])) / (denominator + Q3[4]);
  return (SQRT_PI_INV - tail) / x;
}

/** exp(-x^2) without the rounding of x^2. */
function expMinusSquare(x: number): number {
  const high = Math.trunc(x * 16) / 16;
  return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high));
}

/** The complementary error function, relative error below 1e-15 where it is not denormal. */
export function erfc(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return 1 - centralErf(x);
  const tail = y > 27 ? 0 : scaledErfc(y) * expMinusSquare(y);
  return x < 0 ? 2 - tail : tail;
}

/** P(Z <= x). */
export const ndtr = (x: number): number => 0.5 * erfc(-x / SQRT2);

/** log P(Z <= x), finite for every finite x. */
export function logNdtr(x: number): number {
  if (x > 6) return -ndtr(-x);
  if (x > -1) return Math.log(ndtr(x));
  const y = -x / SQRT2;
  return Math.log(0.5 * scaledErfc(y)) - y * y;
}

/** log P(a <= Z <= b) for a < b, without cancellation in either tail. */
export function logMass(a: number, b: number): number {
  if (a > 0) return logMass(-b, -a);
  if (b <= 0) {
    const high = logNdtr(b);
    return high + Math.log(-Math.expm1(logNdtr(a) - high));
  }
  return Math.log1p(-ndtr(a) - ndtr(-b));
}

/** log of the standard normal density. */
const logDensity = (x: number): number => -0.5 * x * x - LOG_SQRT_2PI;

/** The x with log P(Z <= x) = logP, for logP < 0: Newton on the logarithm, which is concave and nearly a parabola. */
export function ndtriExp(logP: number): number {
  if (logP > Math.log(0.5)) {
    const upper = -Math.expm1(logP);
    return upper <= 0 ? Infinity : -ndtri(upper);
  }
  if (logP > -600) return ndtri(Math.exp(logP));
  let x = -Math.sqrt(-2 * (logP + LOG_SQRT_2PI + 0.5 * Math.log(-2 * logP)));
  for (let i = 0; i < 20; i++) {
    const step = (logNdtr(x) - logP) / Math.exp(logDensity(x) - logNdtr(x));
    x -= step;
    if (Math.abs(step) < 1e-14 * Math.abs(x)) break;
  }
  return x;
}

// Acklam's approximation of the inverse, relative error 1.15e-9: numerators and denominators of tail and centre.
const A = [
  -39.6968302866538, 220.946098424521, -275.928510446969, 138.357751867269, -30.6647980661472, 2.50662827745924,
];
const B = [-54.4760987982241, 161.585836858041, -155.698979859887, 66.8013118877197, -13.2806815528857];
const C = [
  -0.00778489400243029, -0.322396458041136, -2.40075827716184, -2.54973253934373, 4.37466414146497, 2.93816398269878,
];
const D = [0.00778469570904146, 0.32246712907004, 2.445134137143, 3.75440866190742];

/** The x with P(Z <= x) = p. */
export function ndtri(p: number): number {
  if (!(p > 0)) return p === 0 ? -Infinity : Number.NaN;
  if (p >= 1) return p === 1 ? Infinity : Number.NaN;
  if (p > 0.5) return -ndtri(1 - p);
  const x = acklam(p);
  // Halley: f = ndtr(x) - p over the density.
  const u = (ndtr(x) - p) * Math.exp(0.5 * x * x + LOG_SQRT_2PI);
  return x - u / (1 + (x * u) / 2);
}

function acklam(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5]) /
      ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q) /
    (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1)
  );
}
