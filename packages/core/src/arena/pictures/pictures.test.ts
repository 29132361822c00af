import { describe, expect, it } from "vitest";
import { float32 } from "../../contracts/tensors.js";
import { imageGrid } from "./grid.js";
import { pictureOf } from "./picture-of.js";

describe("imageGrid", () => {
  it("puts -1 at 0, 0 at 128, 1 at 255 and clips what is outside", () => {
    const image = float32([1, 1, 6, 1], Float32Array.of(-1, 0, 1, -7, 7, NaN));
    expect(Array.from(imageGrid(image, { gap: 0 }).data)).toEqual([0, 128, 255, 0, 255, 0]);
  });

  it("orders images by row, with gaps", () => {
    // Three 1x1 images in two columns, gap 1: 5 x 5 pixels, images at (1,1), (3,1), (1,3).
    const picture = imageGrid(float32([3, 1, 1, 1], Float32Array.of(1, 1, 1)), { columns: 2, gap: 1 });
    const lit = Array.from(picture.data).flatMap((value, i) => (value === 255 ? [[i % 5, Math.floor(i / 5)]] : []));
    expect([picture.width, picture.height]).toEqual([5, 5]);
    expect(lit).toEqual([[1, 1], [3, 1], [1, 3]]);
  });

  it("keeps colours together", () => {
    const picture = imageGrid(float32([1, 1, 2, 3], Float32Array.of(1, -1, -1, -1, -1, 1)), { gap: 0 });
    expect(picture.channels).toBe(3);
    expect(Array.from(picture.data)).toEqual([255, 0, 0, 0, 0, 255]);
  });

  it("refuses what is no batch of images", () => {
    expect(() => imageGrid(float32([2, 3, 4, 2]))).toThrow(/images must be \[N,H,W,C\] with C 1 or 3, got \[2,3,4,2\]/);
  });
});

describe("pictureOf points", () => {
  const isBlue = (data: Uint8Array, i: number): boolean => data[i + 2] - data[i] > 40;

  it("draws a generated point of 2-D data where it lies: right and up of the middle", () => {
    const real = float32([4, 2], Float32Array.of(-1, -1, 1, 1, -1, 1, 1, -1));
    const { data, width } = pictureOf(float32([1, 2], Float32Array.of(0.5, 0.5)), real);
    const blue = Array.from({ length: data.length / 3 }, (_, i) => i).filter((i) => isBlue(data, 3 * i));
    const meanX = blue.reduce((sum, i) => sum + (i % width), 0) / blue.length;
    const meanY = blue.reduce((sum, i) => sum + Math.floor(i / width), 0) / blue.length;
    // Extent 2 + 2 * 0.2 * 2 = 2.8 over 384 pixels: 0.5 is 68.6 pixels from the middle, 192.
    expect(meanX).toBeCloseTo(192 + 68.57, 0);
    expect(meanY).toBeCloseTo(192 - 68.57, 0);
  });

  it("survives points that are not finite or far away", () => {
    const real = float32([2, 2], Float32Array.of(0, 0, 1, 1));
    const wild = float32([3, 2], Float32Array.of(NaN, 0, Infinity, 0, 1e9, 1e9));
    expect(pictureOf(wild, real).data.some((_, i, data) => i % 3 === 0 && isBlue(data, i))).toBe(false);
  });

  it("draws 1-D data as two histograms", () => {
    const real = float32([2, 1], Float32Array.of(-1, 1));
    const { height, channels, data } = pictureOf(float32([2, 1], Float32Array.of(-1, -1)), real);
    const blueColumns = new Set<number>();
    for (let i = 0; i < data.length; i += 3) if (isBlue(data, i)) blueColumns.add((i / 3) % 384);
    expect([height, channels]).toEqual([192, 3]);
    // Range -1.4 … 1.4 in 64 bins of 6 pixels: -1 is in bin 9, pixels 54 to 59, of which 55 to 58 are filled.
    expect([...blueColumns].sort((a, b) => a - b)).toEqual([55, 56, 57, 58]);
  });
});
