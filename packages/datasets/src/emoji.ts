/**
 * @file Emoji: 3,786 small colour pictures of one design on white, with their category as label.
 *
 * Noto Emoji by Google or Twemoji by Twitter, as the npm packages `emoji-datasource-google` and `-twitter` carry them. A
 * tenth of the emoji, with all their skin tones, is held out; always the same ones.
 */
import { join } from "node:path";
import { type DataSource, type DataSpec, type Dataset, stream } from "@gan-arena/core/base";
import { z } from "zod";
import { CATEGORIES, type Design, EMOJI_SIDE, type EmojiSet, loadEmoji } from "./emoji-pictures.js";
import { sha256 } from "./fingerprint.js";
import { gatherLabels, gatherPictures } from "./gather.js";
import { halved } from "./picture-on-white.js";
import { shuffled } from "./shuffled.js";

const config = z.object({
  design: z.enum(["noto", "twemoji"]).default("noto").describe("who drew them: Google (noto) or Twitter (twemoji)"),
  size: z
    .union([z.literal(16), z.literal(32), z.literal(64)])
    .default(32)
    .describe("height and width in pixels; 64 as they are, the others by averaging"),
  skinTones: z.boolean().default(true).describe("whether emoji of people are there in every skin tone"),
});

export type EmojiConfig = z.infer<typeof config>;

export const EMOJI_LICENCE = "Noto Emoji: Apache-2.0, Google; Twemoji: CC-BY-4.0, Twitter and contributors";

export const emoji: Dataset<EmojiConfig> = {
  name: "emoji",
  summary: "3,786 emoji in colour on white, with their category (Noto or Twemoji)",
  licence: EMOJI_LICENCE,
  kind: "images",
  config,
  open: async ({ design, size, skinTones }, context) => {
    const all = await openEmoji(design, context);
    const { train, test } = splitEmoji(skinTones ? all : select(all, (_, i) => !all.emoji[i]?.hasSkinTone));
    return { train: emojiSource(train, "train", size), test: emojiSource(test, "test", size) };
  },
};

/** What a data set is told when it is opened. */
type OpenContext = Parameters<Dataset["open"]>[1];

/** All emoji of a design, fetched into the home folder when they are not there yet. */
export const openEmoji = (design: Design, { home, note }: OpenContext): Promise<EmojiSet> =>
  loadEmoji(design, { folder: join(home, "datasets"), note: note ?? (() => undefined) });

/** The emoji for which `keep` says so. */
function select({ emoji, pixels }: EmojiSet, keep: (emoji: EmojiSet["emoji"][number], i: number) => boolean): EmojiSet {
  const length = pixels.length / emoji.length;
  const indices = [...emoji.keys()].filter((i) => keep(emoji[i], i));
  const taken = new Uint8Array(indices.length * length);
  indices.forEach((from, to) => taken.set(pixels.subarray(from * length, (from + 1) * length), to * length));
  return { emoji: indices.map((i) => emoji[i]), pixels: taken };
}

/**
 * A tenth of the emoji, rounded, for testing; all skin tones of one are in the same part, so that none is tested with a
 * thumb of another colour. The seed of a run has no part in it, and both designs are split alike.
 */
export function splitEmoji(set: EmojiSet): { readonly train: EmojiSet; readonly test: EmojiSet } {
  const bases = Math.max(...set.emoji.map(({ base }) => base)) + 1;
  const order = stream(0, "emoji/split").permutation(0, bases);
  const held = new Set(order.subarray(0, Math.round(bases / 10)));
  return { train: select(set, ({ base }) => !held.has(base)), test: select(set, ({ base }) => held.has(base)) };
}

export function emojiSource(set: EmojiSet, split: "train" | "test", size: EmojiConfig["size"]): DataSource {
  const { emoji } = set;
  const pixels = shrunk(set.pixels, size);
  const spec: DataSpec = {
    name: "emoji",
    fields: { x: { shape: [size, size, 3], dtype: "float32" }, c: { shape: [], dtype: "int32" } },
    image: { height: size, width: size, channels: 3 },
    size: emoji.length,
    classes: CATEGORIES.length,
  };
  const labels = Int32Array.from(emoji, ({ category }) => category);
  return shuffled({
    spec,
    split,
    fingerprint: sha256(pixels, Uint8Array.from(labels)),
    gather: (indices, into) => ({
      x: gatherPictures({ pixels, shape: [size, size, 3] }, indices, into?.["x"]),
      c: gatherLabels(labels, indices, into?.["c"]),
    }),
  });
}

/** Pictures `[n,size,size,3]` made of those of 64 pixels. */
export function shrunk(pixels: Uint8Array, size: EmojiConfig["size"]): Uint8Array {
  let [at, side] = [pixels, EMOJI_SIDE];
  for (; side > size; side /= 2) at = halved(at, side);
  return at;
}
