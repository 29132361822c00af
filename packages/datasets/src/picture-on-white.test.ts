import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { halved, pictureOnWhite } from "./picture-on-white.js";

describe("pictureOnWhite", () => {
  const png = (channels: number, data: number[]) =>
    encode({ width: data.length / channels, height: 1, channels, data: Uint8Array.from(data) });

  it("mixes colours with white by alpha", () => {
    // 255 + 0.2 (0 - 255) = 204; 255 + 0.2 (100 - 255) = 224.
    const { width, height, data } = pictureOnWhite(png(4, [0, 100, 255, 51, 9, 9, 9, 0, 1, 2, 3, 255]));
    expect({ width, height }).toEqual({ width: 3, height: 1 });
    expect(Array.from(data)).toEqual([204, 224, 255, 255, 255, 255, 1, 2, 3]);
  });

  it("takes grey, grey with alpha and colours without alpha", () => {
    expect(Array.from(pictureOnWhite(png(1, [7])).data)).toEqual([7, 7, 7]);
    expect(Array.from(pictureOnWhite(png(2, [55, 255, 55, 0])).data)).toEqual([55, 55, 55, 255, 255, 255]);
    expect(Array.from(pictureOnWhite(png(3, [1, 2, 3])).data)).toEqual([1, 2, 3]);
  });

  it("refuses 16 bits a channel and what is no PNG", () => {
    const deep = encode({ width: 1, height: 1, channels: 1, depth: 16, data: Uint16Array.of(9) });
    expect(() => pictureOnWhite(deep)).toThrow("8 bits a channel was expected, got 16");
    expect(() => pictureOnWhite(Uint8Array.of(1, 2, 3))).toThrow("PNG signature");
  });
});

describe("halved", () => {
  it("takes the mean of four pixels, channel by channel, picture by picture", () => {
    // Two pictures of 2x2: means (1 + 3 + 5 + 7) / 4 = 4, then 10 throughout; (0 + 0 + 1 + 1) / 4 rounds to 1.
    const first = [1, 0, 0, 3, 0, 0, 5, 0, 1, 7, 0, 1];
    const second = Array<number>(12).fill(10);
    expect(Array.from(halved(Uint8Array.from([...first, ...second]), 2))).toEqual([4, 0, 1, 10, 10, 10]);
  });

  it("keeps pictures of more than one row apart", () => {
    const side = 4;
    const pixels = Uint8Array.from({ length: 2 * side * side * 3 }, (_, i) => (i < side * side * 3 ? 20 : 200));
    expect(Array.from(halved(pixels, side))).toEqual([...Array<number>(12).fill(20), ...Array<number>(12).fill(200)]);
  });
});
