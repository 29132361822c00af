import { type GanError } from "@gan-arena/core/base";
import { beforeAll, describe, expect, it } from "vitest";
import { gzipSync } from "node:zlib";
import { emojiArchive, plainPng, tarOf } from "../test-support/archives.js";
import { type Emoji, type EmojiSet, unpackEmoji } from "./emoji-pictures.js";
import { emoji, emojiSource, splitEmoji } from "./emoji.js";
import { notoTwemojiSource } from "./noto-twemoji.js";

const pack = {
  dataset: "emoji",
  name: "emoji-datasource-google",
  version: "16.0.0",
  megabytes: 74,
  sha256: "",
  vendor: "google",
};
const LENGTH = 64 * 64 * 3;

describe("unpackEmoji", () => {
  let set: EmojiSet;
  beforeAll(async () => {
    set = await unpackEmoji(emojiArchive(), pack);
  });

  it("lists the emoji that both vendors have drawn, each followed by its skin tones", () => {
    expect(set.emoji).toEqual([
      { code: "a", base: 0, category: 1, hasSkinTone: false },
      { code: "a-1f3fb", base: 0, category: 1, hasSkinTone: true },
      { code: "b", base: 2, category: 8, hasSkinTone: false },
    ]);
  });

  it("lays the pictures on white", () => {
    const first = [0, 1, 2].map((i) => Array.from(set.pixels.subarray(i * LENGTH, i * LENGTH + 3)));
    // Blue at alpha 51 / 255 = 0.2: 255 + 0.2 (0 - 255) = 204.
    expect(first).toEqual([
      [255, 0, 0],
      [255, 255, 255],
      [204, 204, 255],
    ]);
    expect(set.pixels).toHaveLength(3 * LENGTH);
  });

  it.each([
    ["no archive", Uint8Array.of(1, 2), "incorrect header check"],
    ["an empty one", new Uint8Array(gzipSync(tarOf({}))), "emoji.json is missing"],
    ["a picture missing", broken({}), "img/google/64/a.png is missing"],
    [
      "a new category",
      broken({ "package/img/google/64/a.png": plainPng(0, 0, 0, 0) }, "Ghosts"),
      "the category Ghosts",
    ],
  ])("refuses %s", async (_, archive, problem) => {
    const error = (await unpackEmoji(archive, pack).catch((error: unknown) => error)) as GanError;
    expect(error.code).toBe("MISSING_DEPENDENCY");
    expect(error.message).toMatch(
      /^\[emoji\] expected the pictures of the npm package "emoji-datasource-google" 16\.0\.0/u,
    );
    expect(error.message).toContain(problem);
  });
});

function broken(files: Readonly<Record<string, Uint8Array>>, category = "Flags"): Uint8Array {
  const list = [{ image: "a.png", category, has_img_google: true, has_img_twitter: true }];
  return new Uint8Array(gzipSync(tarOf({ "package/emoji.json": Buffer.from(JSON.stringify(list)), ...files })));
}

/** `bases` emoji of which every second has one skin tone; picture i is all of value i. */
function smallSet(bases: number, offset = 0): EmojiSet {
  const list: Emoji[] = Array.from({ length: bases }, (_, base) => base).flatMap((base) => {
    const one = { code: `${base}`, base, category: base % 10, hasSkinTone: false };
    return base % 2 === 0 ? [one] : [one, { ...one, code: `${base}-tone`, hasSkinTone: true }];
  });
  const pixels = new Uint8Array(list.length * LENGTH);
  list.forEach((_, i) => pixels.fill(i + offset, i * LENGTH, (i + 1) * LENGTH));
  return { emoji: list, pixels };
}

describe("splitEmoji", () => {
  const { train, test } = splitEmoji(smallSet(40));
  const codes = ({ emoji }: EmojiSet) => emoji.map(({ code }) => code);
  const bases = ({ emoji }: EmojiSet) => new Set(emoji.map(({ base }) => base));

  it("holds out a tenth of the emoji, with all their skin tones", () => {
    expect(bases(test).size).toBe(4);
    expect(bases(train).size).toBe(36);
    expect([...bases(test)].filter((base) => bases(train).has(base))).toEqual([]);
    expect([...codes(train), ...codes(test)].sort()).toEqual(codes(smallSet(40)).sort());
  });

  it("keeps each picture with its emoji", () => {
    const whole = codes(smallSet(40));
    for (const part of [train, test])
      expect(codes(part).map((_, i) => part.pixels[i * LENGTH])).toEqual(
        codes(part).map((code) => whole.indexOf(code)),
      );
  });
});

describe("emoji", () => {
  const set = smallSet(20);

  it.each([16, 32, 64] as const)("serves pictures of %i pixels in [-1,1] with their category", (size) => {
    const source = emojiSource(set, "train", size);
    expect(source.spec).toEqual({
      name: "emoji",
      fields: { x: { shape: [size, size, 3], dtype: "float32" }, c: { shape: [], dtype: "int32" } },
      image: { height: size, width: size, channels: 3 },
      size: 30,
      classes: 10,
    });
    const { x, c } = source.batch({ seed: 1, position: 0 }, 30);
    expect(x.shape).toEqual([30, size, size, 3]);
    const length = size * size * 3;
    const values = Array.from({ length: 30 }, (_, i) => Math.round(((x.data[i * length] ?? 0) + 1) * 127.5));
    expect([...values].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(Array.from(c.data)).toEqual(values.map((i) => set.emoji[i]?.category));
    expect(x.data[0]).toBe(x.data[length - 1]); // all of one value, whatever the size
  });

  it("has another fingerprint for another size", () => {
    const prints = ([16, 32, 64] as const).map((size) => emojiSource(set, "train", size).fingerprint);
    expect(new Set(prints).size).toBe(3);
  });

  it("is of Noto at 32 pixels unless told otherwise", () => {
    expect(emoji.config.parse({})).toEqual({ design: "noto", size: 32, skinTones: true });
    expect(emoji.config.safeParse({ size: 28 }).success).toBe(false);
  });
});

describe("noto-twemoji", () => {
  const sets = { x: smallSet(20), y: smallSet(20, 100) };
  /** Numbers of the pictures, from their value. */
  const numbers = (split: "train" | "test", position: number) => {
    const batch = notoTwemojiSource(sets, split, 32).batch({ seed: 3, position }, 30);
    const of = (field: string) =>
      Array.from({ length: 30 }, (_, i) => Math.round(((batch[field]?.data[i * 32 * 32 * 3] ?? 0) + 1) * 127.5));
    return { x: of("x"), y: of("y").map((value) => value - 100) };
  };

  it("is unpaired to train on: two orders, each picture once in a pass", () => {
    const { x, y } = numbers("train", 0);
    const all = Array.from({ length: 30 }, (_, i) => i);
    expect([...x].sort((a, b) => a - b)).toEqual(all);
    expect([...y].sort((a, b) => a - b)).toEqual(all);
    // Of 30 pictures in two random orders one meets its partner on average.
    expect(x.filter((value, i) => value === y[i]).length).toBeLessThan(6);
  });

  it("is in pairs to measure with", () => {
    const { x, y } = numbers("test", 7);
    expect(x).toEqual(y);
    expect(notoTwemojiSource(sets, "test", 32).spec.pairs).toEqual(["x", "y"]);
  });
});
