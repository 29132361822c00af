import { describe, expect, it } from "vitest";
import { pad, resizeBilinear } from "./grayscale.js";

describe("pad", () => {
  it("frames two pictures 2x2 to 4x4", () => {
    const { side, pixels } = pad({ side: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }, 4, 9);
    expect(side).toBe(4);
    // prettier-ignore
    expect([...pixels]).toEqual([
      9, 9, 9, 9,  9, 1, 2, 9,  9, 3, 4, 9,  9, 9, 9, 9,
      9, 9, 9, 9,  9, 5, 6, 9,  9, 7, 8, 9,  9, 9, 9, 9,
    ]);
  });

  it("gives the odd pixel to the right and the bottom", () => {
    expect([...pad({ side: 1, pixels: Uint8Array.of(5) }, 2, 0).pixels]).toEqual([5, 0, 0, 0]);
  });
});

describe("resizeBilinear", () => {
  it("takes centres at (i + 1/2) / 4: 0 100 becomes 0 25 75 100, in x and in y", () => {
    const row = [0, 25, 75, 100];
    expect([...resizeBilinear({ side: 2, pixels: Uint8Array.of(0, 100, 0, 100) }, 4).pixels]).toEqual(
      [row, row, row, row].flat(),
    );
    const columns = row.flatMap((value) => [value, value, value, value]);
    expect([...resizeBilinear({ side: 2, pixels: Uint8Array.of(0, 0, 100, 100) }, 4).pixels]).toEqual(columns);
  });

  it("rounds to whole bytes: 2 to 3 puts the middle at 1/2 of 0 and 255, that is 128", () => {
    const { pixels } = resizeBilinear({ side: 2, pixels: Uint8Array.of(0, 255, 0, 255) }, 3);
    expect([...pixels.subarray(0, 3)]).toEqual([0, 128, 255]);
  });

  it("does not mix neighbouring pictures", () => {
    const { pixels } = resizeBilinear({ side: 2, pixels: Uint8Array.of(0, 0, 0, 0, 200, 200, 200, 200) }, 3);
    expect([...pixels]).toEqual([...Array.from({ length: 9 }, () => 0), ...Array.from({ length: 9 }, () => 200)]);
  });
});
