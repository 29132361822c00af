import { describe, expect, it } from "vitest";
import {
  IOHW,
  NCHW,
  OIHW,
  PLAIN,
  blockedFilter,
  blockedImage,
  blockedOutputFilter,
  conversion,
  convertOnHost,
  fits,
  physicalShape,
} from "./layout.js";

const counting = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);

describe("layouts", () => {
  it("keeps a 1x2x2x3 image as NCHW: channel 0 is values 0 3 6 9", () => {
    const nchw = convertOnHost(counting(12), [1, 2, 2, 3], { from: PLAIN, to: NCHW });
    expect(Array.from(nchw)).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  });

  it("keeps a 1x1x2x4 image in blocks of 2 channels: [C/2, W, 2]", () => {
    const blocked = convertOnHost(counting(8), [1, 1, 2, 4], { from: PLAIN, to: blockedImage(2) });
    // pixel 0 has channels 0 1 2 3, pixel 1 has 4 5 6 7
    expect(Array.from(blocked)).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
  });

  it.each([NCHW, blockedImage(2), OIHW, IOHW, blockedFilter(2), blockedOutputFilter(2)])(
    "returns from $key unchanged",
    (layout) => {
      const shape = [2, 3, 4, 6];
      const there = convertOnHost(counting(144), shape, { from: PLAIN, to: layout });
      expect(Array.from(convertOnHost(there, shape, { from: layout, to: PLAIN }))).toEqual(Array.from(counting(144)));
      expect(Array.from(there)).not.toEqual(Array.from(counting(144)));
    },
  );

  it("needs no transpose where every moved axis has extent 1", () => {
    expect(conversion([8, 1, 1, 32], PLAIN, NCHW).perm).toBeUndefined();
    expect(conversion([8, 5, 7, 1], PLAIN, NCHW).perm).toBeUndefined();
    expect(conversion([1, 1, 1, 32], PLAIN, blockedImage(16)).perm).toBeUndefined();
    expect(conversion([8, 1, 1, 32], NCHW, blockedImage(16)).perm).toBeUndefined();
  });

  it("merges axes that stay together: NHWC to NCHW swaps two", () => {
    expect(conversion([8, 5, 7, 3], PLAIN, NCHW)).toEqual({ view: [8, 35, 3], perm: [0, 2, 1] });
  });

  it("gives the shape in memory", () => {
    expect(physicalShape(blockedImage(16), [8, 5, 7, 32])).toEqual([8, 2, 5, 7, 16]);
    expect(physicalShape(blockedImage(16), [1, 1, 1, 1])).toEqual([1, 1, 1, 1, 1]);
    expect(fits(blockedImage(16), [8, 5, 7, 24])).toBe(false);
    expect(fits(blockedImage(16), [8, 5, 7, 1])).toBe(true);
  });
});
