import { describe, expect, it } from "vitest";
import type { Vectors } from "./samples.js";
import { directions, slicedWasserstein, transportCost } from "./sliced-wasserstein.js";

const vectors = (rows: readonly (readonly number[])[]): Vectors => ({
  count: rows.length,
  dim: rows[0].length,
  values: Float32Array.from(rows.flat()),
});
const along = (count: number, dim: number) => directions(0, "test", { count, dim });
/** Rows that fill the cube well enough, from the fractional parts of multiples of irrational numbers. */
const cloud = (count: number, dim: number, shift = 0) =>
  vectors(
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: dim }, (_, axis) => (((i + 1) * Math.sqrt(axis + 2)) % 1) + shift),
    ),
  );

describe("transportCost", () => {
  it("of two point masses at distance 3 is 3 for p = 1 and 9 for p = 2", () => {
    expect(transportCost(Float32Array.of(1), Float32Array.of(4), 1)).toBe(3);
    expect(transportCost(Float32Array.of(1), Float32Array.of(4), 2)).toBe(9);
  });

  it("of 0 1 against 2 is (2 + 1) / 2 and (4 + 1) / 2", () => {
    expect(transportCost(Float32Array.of(0, 1), Float32Array.of(2), 1)).toBe(1.5);
    expect(transportCost(Float32Array.of(2), Float32Array.of(0, 1), 2)).toBe(2.5);
  });

  it("of sets of 3 and 4 agrees with scipy and POT", () => {
    // scipy.stats.wasserstein_distance([0, 1, 3], [2, 5, 6, 8])                           -> 3.9166666666666665
    // ot.emd2_1d(np.array([0., 1, 3]), np.array([2., 5, 6, 8]), metric="sqeuclidean")      -> 16.916666666666664
    const [a, b] = [Float32Array.of(0, 1, 3), Float32Array.of(2, 5, 6, 8)];
    expect(transportCost(a, b, 1)).toBeAllclose(3.9166666666666665, 1e-12);
    expect(transportCost(a, b, 2)).toBeAllclose(16.916666666666664, 1e-12);
  });

  it("counts each number twice when the other set is twice as large: same as the set doubled", () => {
    const small = Float32Array.of(-1, 0.5, 2);
    const large = Float32Array.of(-3, -2, 0, 1, 4, 5);
    expect(transportCost(small, large, 2)).toBeAllclose(
      transportCost(Float32Array.of(-1, -1, 0.5, 0.5, 2, 2), large, 2),
      1e-12,
    );
  });
});

describe("slicedWasserstein", () => {
  it("along given directions agrees with POT, for sets of the same and of different size", () => {
    // X = np.array([[np.sin(i), np.cos(2 * i)] for i in range(6)])
    // Y = np.array([[np.sin(3 * i) + 1, np.cos(i)] for i in range(4)])
    // P = np.array([[np.cos(k * np.pi / 5), np.sin(k * np.pi / 5)] for k in range(5)]).T
    // ot.sliced_wasserstein_distance(X, Y, projections=P, p=p)                 -> 0.6886549769946942, 0.8289813921189472
    // ot.sliced_wasserstein_distance(X, X[::-1] + [0.5, 0], projections=P, p=p) -> 0.32360679774997897, 0.35355339059327373
    const x = Array.from({ length: 6 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
    const y = Array.from({ length: 4 }, (_, i) => [Math.sin(3 * i) + 1, Math.cos(i)]);
    const moved = x.toReversed().map(([a, b]) => [a + 0.5, b]);
    const fan = vectors(
      Array.from({ length: 5 }, (_, k) => [Math.cos((k * Math.PI) / 5), Math.sin((k * Math.PI) / 5)]),
    );
    const distances = ([1, 2] as const).flatMap((p) => [
      slicedWasserstein(vectors(x), vectors(y), fan, p),
      slicedWasserstein(vectors(x), vectors(moved), fan, p),
    ]);
    expect(distances).toBeAllclose(
      [0.6886549769946942, 0.32360679774997897, 0.8289813921189472, 0.35355339059327373],
      1e-6,
    );
  });

  it("of a set and the same set shifted by mu is |mu| / sqrt(n): 10 / sqrt(25) = 2", () => {
    const shift = 2; // in each of 25 dimensions, so |mu| = 10
    // Over 4096 directions <mu, theta>^2 has relative deviation near sqrt(2 / 4096) = 2.2 %, its root half of it.
    const distance = slicedWasserstein(cloud(50, 25), cloud(50, 25, shift), along(4096, 25), 2);
    expect(distance).toBeAllclose(2, 0.04);
  });

  it("is 0 for the same set in any order, and symmetric", () => {
    const a = cloud(61, 7);
    const order = Array.from({ length: 61 }, (_, i) => (i * 17) % 61);
    const shuffled = vectors(order.map((i) => Array.from(a.values.subarray(i * 7, (i + 1) * 7))));
    const b = cloud(40, 7, 0.3);
    const d = along(33, 7);
    expect(slicedWasserstein(a, shuffled, d, 2)).toBeAllclose(0, 0, 1e-7);
    expect(slicedWasserstein(a, b, d, 2)).toBeGreaterThan(0.05);
    expect(slicedWasserstein(b, a, d, 2)).toBeAllclose(slicedWasserstein(a, b, d, 2), 1e-12);
    expect(slicedWasserstein(shuffled, b, d, 1)).toBeAllclose(slicedWasserstein(a, b, d, 1), 1e-6);
  });

  it.each([
    [1, 1],
    [4, 2],
    [5, 3],
    [7, 17],
    [8, 33],
  ])("projects %i vectors along %i directions as the plain sum of products does", (count, rows) => {
    const [a, d] = [cloud(count, 3), along(rows, 3)];
    let expected = 0;
    for (let row = 0; row < rows; row++) {
      const projections = Float32Array.from({ length: count }, (_, i) =>
        [0, 1, 2].reduce((sum, axis) => sum + a.values[i * 3 + axis] * d.values[row * 3 + axis], 0),
      );
      expected += projections.reduce((sum, value) => sum + Math.abs(value), 0) / count / rows;
    }
    expect(slicedWasserstein(a, vectors([[0, 0, 0]]), d, 1)).toBeAllclose(expected, 1e-6);
  });
});

describe("directions", () => {
  it("are unit vectors without a preferred axis, the same for the same seed", () => {
    const { values } = along(2000, 3);
    const squares = [0, 0, 0];
    for (let row = 0; row < 2000; row++) {
      const [x, y, z] = values.subarray(row * 3, row * 3 + 3);
      expect(Math.hypot(x, y, z)).toBeAllclose(1, 1e-6);
      [x, y, z].forEach((value, axis) => (squares[axis] += value ** 2 / 2000));
    }
    // variance of a squared coordinate on the sphere is 4/45: deviation of the mean 0.0067, four of them 0.027
    expect(squares).toBeAllclose([1 / 3, 1 / 3, 1 / 3], 0, 0.027);
    expect(along(2000, 3).values).toEqual(values);
    expect(directions(1, "test", { count: 2000, dim: 3 }).values).not.toEqual(values);
  });

  it("are 1 on the line", () => {
    expect([...along(3, 1).values]).toEqual([1, 1, 1]);
  });
});
