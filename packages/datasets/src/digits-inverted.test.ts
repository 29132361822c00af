import { describe, expect, it } from "vitest";
import { digitsInverted, digitsInvertedSource } from "./digits-inverted.js";

/** Four pictures of 2x2, picture i all of ink 60 i. */
const ink = Uint8Array.from({ length: 16 }, (_, i) => 60 * Math.floor(i / 4));
const firstPixels = (values: ArrayLike<number>, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from(values).slice(12 * i, 12 * i + 3));

describe("digits-inverted", () => {
  it("tints the inverse: paper becomes (1, 0.75, 0.35), ink black", () => {
    const { x, y } = digitsInvertedSource(ink, "test", 2).batch({ seed: 0, position: 0 }, 4);
    for (const [i, plain] of firstPixels(x.data, 4).entries()) {
      const share = ((plain[0] ?? 0) + 1) / 2; // of ink
      expect(plain).toBeAllclose([plain[0] ?? 0, plain[0] ?? 0, plain[0] ?? 0]);
      const expected = [1, 0.75, 0.35].map((tint) => 2 * tint * (1 - share) - 1);
      expect(firstPixels(y.data, 4)[i] ?? []).toBeAllclose(expected, 0, 1e-6);
    }
    // No ink: 2 * 0.75 - 1 = 0.5; ink 180 of 255: 2 * 0.75 * 75 / 255 - 1 = -0.5588.
    const greens = firstPixels(y.data, 4).map(([, green = 0]) => green);
    expect([Math.max(...greens), Math.min(...greens)]).toBeAllclose([0.5, -0.558_823_5], 0, 1e-6);
  });

  it("shares no digit between the domains that are trained on", () => {
    const { x, y } = digitsInvertedSource(ink, "train", 2).batch({ seed: 0, position: 0 }, 2);
    const inkOfX = firstPixels(x.data, 2).map(([red = 0]) => Math.round(127.5 * (red + 1)));
    const inkOfY = firstPixels(y.data, 2).map(([red = 0]) => Math.round(255 - 127.5 * (red + 1)));
    expect(inkOfX.sort((a, b) => a - b)).toEqual([0, 120]);
    expect(inkOfY.sort((a, b) => a - b)).toEqual([60, 180]);
  });

  it("opens with 4,500 digits in each domain and 1,000 pairs", async () => {
    const { train, test } = await digitsInverted.open(digitsInverted.config.parse({}), { home: "unused" });
    expect(train.spec).toMatchObject({ size: 4500, pairs: ["x", "y"], image: { height: 28, width: 28, channels: 3 } });
    expect(test.spec.size).toBe(1000);
    const { x, y } = test.batch({ seed: 0, position: 0 }, 1000);
    const ends = ({ data }: { data: ArrayLike<number> }) => {
      const values = data as Float32Array;
      return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    };
    expect([ends(x), ends(y)]).toEqual([
      [-1, 1],
      [-1, 1],
    ]);
    expect(train.fingerprint).not.toBe(test.fingerprint);
  });
});
