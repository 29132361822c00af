/**
 * @file One emoji in two designs: Noto (x) and Twemoji (y), for translation without pairs.
 *
 * Each design is shuffled on its own, as in Zhu et al. 2017, arXiv:1703.10593, Sec. 5.1.1, where maps and photographs that
 * belong together are used without saying so. The true partners of the emoji that are held out tell how far a translation
 * is from what the other designer drew: there is no way to guess all of it, so the error has a floor above 0.
 */
import { type DataSource, type Dataset } from "@gan-arena/core/base";
import { z } from "zod";
import { EMOJI_LICENCE, openEmoji, shrunk, splitEmoji } from "./emoji.js";
import type { EmojiSet } from "./emoji-pictures.js";
import { sha256 } from "./fingerprint.js";
import { gatherPictures } from "./gather.js";
import { type Domain, paired, unpaired } from "./two-domains.js";

const config = z.object({
  size: z
    .union([z.literal(32), z.literal(64)])
    .default(64)
    .describe("height and width in pixels; 64 as they are, 32 by averaging"),
});

export type NotoTwemojiConfig = z.infer<typeof config>;

export const notoTwemoji: Dataset<NotoTwemojiConfig> = {
  name: "noto-twemoji",
  summary: "two domains: emoji as Google (x) and as Twitter (y) drew them, unpaired",
  licence: EMOJI_LICENCE,
  kind: "images",
  config,
  open: async ({ size }, context) => {
    // One after the other: both may have to be fetched.
    const x = splitEmoji(await openEmoji("noto", context));
    const y = splitEmoji(await openEmoji("twemoji", context));
    return {
      train: notoTwemojiSource({ x: x.train, y: y.train }, "train", size),
      test: notoTwemojiSource({ x: x.test, y: y.test }, "test", size),
    };
  },
};

export function notoTwemojiSource(
  sets: { readonly x: EmojiSet; readonly y: EmojiSet },
  split: "train" | "test",
  size: NotoTwemojiConfig["size"],
): DataSource {
  const domains = {
    name: "noto-twemoji",
    side: size,
    channels: 3,
    x: domainOf(sets.x, size),
    y: domainOf(sets.y, size),
  };
  return split === "train" ? unpaired(domains) : paired(domains);
}

function domainOf(set: EmojiSet, size: NotoTwemojiConfig["size"]): Domain {
  const pixels = shrunk(set.pixels, size);
  return {
    count: set.emoji.length,
    fingerprint: sha256(pixels),
    gather: (indices, into) => gatherPictures({ pixels, shape: [size, size, 3] }, indices, into),
  };
}
