/** @file Eigenvectors of a small symmetric matrix, by Jacobi's rotations. Golub and Van Loan, "Matrix computations", Sec. 8.5. */

const SWEEPS = 30;

/** @returns columns of `vectors` are the eigenvectors of `values` */
export function eigen(matrix: readonly Float64Array[]): { vectors: Float64Array[]; values: Float64Array } {
  const n = matrix.length;
  const a = matrix.map((row) => row.slice());
  const v = a.map((_, i) => Float64Array.from({ length: n }, (_, j) => Number(i === j)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        off += a[p][q] ** 2;
        rotate(a, v, p, q);
      }
    if (off < 1e-30) break;
  }
  return { vectors: v, values: Float64Array.from(a, (row, i) => row[i]) };
}

/** Makes a[p][q] zero. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): void {
  if (a[p][q] === 0) return;
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < a.length; k++) {
    const [kp, kq] = [a[k][p], a[k][q]];
    [a[k][p], a[k][q]] = [c * kp - s * kq, s * kp + c * kq];
  }
  for (let k = 0; k < a.length; k++) {
    const [pk, qk] = [a[p][k], a[q][k]];
    [a[p][k], a[q][k]] = [c * pk - s * qk, s * pk + c * qk];
    const [vp, vq] = [v[k][p], v[k][q]];
    [v[k][p], v[k][q]] = [c * vp - s * vq, s * vp + c * vq];
  }
}
