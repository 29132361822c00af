import { describe, expect, it } from "vitest";
import { medianCurve, thin } from "./curves.js";
import type { Points } from "./input.js";

describe("medianCurve", () => {
  it("is the median of values and seconds at each kimg: 1, 3, 8 at 5 kimg give 3; 2 and 4 at 6 kimg give 3", () => {
    const runs: Points[] = [
      [
        [5, 10, 1],
        [6, 12, 2],
      ],
      [
        [5, 11, 8],
        [6, 14, 4],
      ],
      [[5, 15, 3]],
    ];
    expect(medianCurve(runs)).toEqual([
      [5, 11, 3],
      [6, 13, 3],
    ]);
  });
  it("has no point where less than half of the runs have a finite value", () => {
    expect(medianCurve([[[1, 1, 1]], [[1, 1, Number.NaN]], [[2, 2, 5]]])).toEqual([]);
    expect(medianCurve([[[1, 1, 1]], [[1, 1, Number.NaN]]])).toEqual([[1, 1, 1]]);
  });
});

describe("thin", () => {
  const flat: Points = Array.from({ length: 1000 }, (_, i) => [i, 2 * i, i === 500 ? 9 : 0] as const);

  it("leaves short curves as they are, gaps included", () => {
    const short: Points = [
      [1, 1, Number.NaN],
      [2, 2, 1],
    ];
    expect(thin(short, 2)).toBe(short);
  });
  it("keeps the ends, the peak, the order and the number that was asked for", () => {
    const kept = thin(flat, 50);
    expect(kept).toHaveLength(50);
    expect([kept[0], kept.at(-1)]).toEqual([flat[0], flat[999]]);
    expect(kept).toContainEqual([500, 1000, 9]);
    expect(kept.map(([kimg]) => kimg)).toEqual(kept.map(([kimg]) => kimg).sort((a, b) => a - b));
    expect(new Set(kept.map(([kimg]) => kimg)).size).toBe(50);
  });
  it("takes the largest triangle: of (1,0) and (2,5) between (0,0) and the mean of what follows, (2,5)", () => {
    const points: Points = [
      [0, 0, 0],
      [1, 1, 0],
      [2, 2, 5],
      [3, 3, 0],
      [4, 4, 0],
      [5, 5, 0],
    ];
    expect(thin(points, 4)).toEqual([points[0], points[2], points[3], points[5]]);
  });
});
