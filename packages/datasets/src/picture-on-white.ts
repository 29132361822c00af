/** @file PNG files as colours on white. */
import { convertIndexedToRgb, decode } from "fast-png";

export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  /** `[height,width,3]`, row-major. */
  readonly data: Uint8Array;
}

/**
 * A PNG laid on white: each channel is alpha * value + (1 - alpha) * 255, rounded.
 * @throws Error when it is no PNG, or has 16 bits a channel
 */
export function pictureOnWhite(png: Uint8Array): RgbPicture {
  const decoded = decode(png);
  const { width, height, palette, depth } = decoded;
  const pixels = width * height;
  if (!palette && depth !== 8) throw new Error(`a PNG with 8 bits a channel was expected, got ${depth}`);
  const values = palette ? convertIndexedToRgb(decoded) : decoded.data;
  const channels = values.length / pixels; // 1 and 2 are grey, 2 and 4 end with alpha
  const hasAlpha = channels % 2 === 0;
  const data = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const from = i * channels;
    const alpha = hasAlpha ? (values[from + channels - 1] ?? 255) / 255 : 1;
    for (let c = 0; c < 3; c++) {
      const value = values[from + (channels < 3 ? 0 : c)] ?? 0;
      data[3 * i + c] = Math.round(255 + alpha * (value - 255));
    }
  }
  return { width, height, data };
}

/**
 * Pictures of half the size, each pixel the mean of four, rounded.
 * @param pixels `[n,side,side,3]`, side even
 */
export function halved(pixels: Uint8Array, side: number): Uint8Array {
  const half = side / 2;
  const row = side * 3;
  const out = new Uint8Array(pixels.length / 4);
  for (let y = 0, to = 0; to < out.length; y++)
    for (let x = 0; x < half; x++)
      for (let c = 0; c < 3; c++, to++) {
        // Rows of all pictures lie below each other, and each picture has an even number of them.
        const at = 2 * y * row + 6 * x + c;
        out[to] = Math.round((pixels[at] + pixels[at + 3] + pixels[at + row] + pixels[at + row + 3]) / 4);
      }
  return out;
}
