/**
 * @file One CMA-ES: a normal distribution that moves to where points are good and takes the shape of the valley.
 *
 * Hansen 2016, "The CMA evolution strategy: a tutorial", arXiv:1604.00772, Fig. 6 (weights positive), on the unit cube.
 * Letters follow the tutorial: m mean, sigma step, C = B D^2 B^T covariance, pSigma and pC paths, mu parents of lambda.
 */
import { eigen } from "./eigen.js";

export class Evolution {
  readonly lambda: number;
  private readonly weights: Float64Array;
  private readonly muEff: number;
  private readonly chiN: number;
  private sigma = 0.3; // of the unit cube: a third covers it
  private readonly m: Float64Array;
  private readonly pSigma: Float64Array;
  private readonly pC: Float64Array;
  private readonly C: Float64Array[];
  private B: Float64Array[];
  private D: Float64Array;
  private generation = 0;

  constructor(
    private readonly n: number,
    population?: number,
  ) {
    this.lambda = population ?? 4 + Math.floor(3 * Math.log(n)); // Eq. 48
    const raw = Array.from(
      { length: Math.floor(this.lambda / 2) },
      (_, i) => Math.log((this.lambda + 1) / 2) - Math.log(i + 1),
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    this.weights = Float64Array.from(raw, (w) => w / sum);
    this.muEff = 1 / this.weights.reduce((a, w) => a + w * w, 0);
    this.chiN = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    this.m = new Float64Array(n).fill(0.5);
    this.pSigma = new Float64Array(n);
    this.pC = new Float64Array(n);
    this.C = identity(n);
    this.B = identity(n);
    this.D = new Float64Array(n).fill(1);
  }

  /** A point of the cube from n standard normal numbers: Eq. 38 to 40, mirrored into the cube at its sides. */
  sample(z: Float64Array): Float64Array {
    return this.m.map((m, i) =>
      reflect(m + this.sigma * z.reduce((sum, zj, j) => sum + this.B[i][j] * this.D[j] * zj, 0)),
    );
  }

  /** The points of one generation, best first: Eq. 41 to 47. */
  update(sorted: readonly Float64Array[]): void {
    const { n, weights, muEff } = this;
    const cSigma = (muEff + 2) / (n + muEff + 5);
    const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
    const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
    const c1 = 2 / ((n + 1.3) ** 2 + muEff);
    const cMu = Math.min(1 - c1, (2 * (muEff - 2 + 1 / muEff)) / ((n + 2) ** 2 + muEff));
    const parents = sorted.slice(0, weights.length).map((x) => x.map((xi, i) => (xi - this.m[i]) / this.sigma));
    const y = this.m.map((_, i) => parents.reduce((sum, parent, k) => sum + weights[k] * parent[i], 0));
    // C^-1/2 y = B D^-1 B^T y
    const inner = y.map((_, j) => y.reduce((sum, yi, i) => sum + this.B[i][j] * yi, 0) / this.D[j]);
    this.generation++;
    const scale = Math.sqrt(cSigma * (2 - cSigma) * muEff);
    for (let i = 0; i < n; i++) {
      const white = inner.reduce((sum, value, j) => sum + this.B[i][j] * value, 0);
      this.pSigma[i] = (1 - cSigma) * this.pSigma[i] + scale * white;
    }
    const length = Math.hypot(...this.pSigma);
    const stalled = length / Math.sqrt(1 - (1 - cSigma) ** (2 * this.generation)) >= (1.4 + 2 / (n + 1)) * this.chiN;
    const h = stalled ? 0 : 1;
    for (let i = 0; i < n; i++) {
      this.m[i] += this.sigma * y[i];
      this.pC[i] = (1 - cC) * this.pC[i] + h * Math.sqrt(cC * (2 - cC) * muEff) * y[i];
    }
    const keep = 1 - c1 - cMu + (1 - h) * c1 * cC * (2 - cC);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        const rankMu = parents.reduce((sum, parent, k) => sum + weights[k] * parent[i] * parent[j], 0);
        this.C[i][j] = keep * this.C[i][j] + c1 * this.pC[i] * this.pC[j] + cMu * rankMu;
      }
    this.sigma = Math.min(1, this.sigma * Math.exp((cSigma / dSigma) * (length / this.chiN - 1)));
    const { vectors, values } = eigen(this.C);
    this.B = vectors;
    this.D = values.map((value) => Math.sqrt(Math.max(value, 1e-20)));
  }
}

const identity = (n: number): Float64Array[] =>
  Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => Number(i === j)));

/** Folds the line into [0,1]. */
function reflect(x: number): number {
  const folded = Math.abs(x) % 2;
  return folded > 1 ? 2 - folded : folded;
}
