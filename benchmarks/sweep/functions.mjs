/** @file Test functions with known optima. Surjanovic and Bingham, "Virtual library of simulation experiments". */

const ALPHA = [1, 1.2, 3, 3.2];
const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
].map((row) => row.map((p) => p * 1e-4));

/** Three minima at (-pi, 12.275), (pi, 2.275), (9.42478, 2.475). */
export const branin = {
  name: "branin",
  optimum: 0.39788735772973816,
  bounds: [
    [-5, 10],
    [0, 15],
  ],
  value([x, y]) {
    const b = 5.1 / (4 * Math.PI ** 2);
    return (y - b * x * x + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
};

/** One global minimum among four; six parameters. */
export const hartmann6 = {
  name: "hartmann6",
  optimum: -3.3223680114155125,
  bounds: Array.from({ length: 6 }, () => [0, 1]),
  value: (x) =>
    -ALPHA.reduce(
      (sum, alpha, i) => sum + alpha * Math.exp(-A[i].reduce((s, a, j) => s + a * (x[j] - P[i][j]) ** 2, 0)),
      0,
    ),
};

export const FUNCTIONS = [branin, hartmann6];
