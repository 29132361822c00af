/** @file The emoji of two designs, 64x64 on white: fetched once, unpacked, and kept in the home folder. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { wrongPictures } from "./errors.js";
import { sha256 } from "./fingerprint.js";
import { fetchArchive, type FetchContext, type NpmArchive, placeFile } from "./npm-pack.js";
import { pictureOnWhite } from "./picture-on-white.js";
import { tarEntries } from "./tar.js";

export type Design = "noto" | "twemoji";

/** Height and width of the pictures in the packages. */
export const EMOJI_SIDE = 64;
const LENGTH = EMOJI_SIDE * EMOJI_SIDE * 3;

/** Categories in the order of their labels. */
export const CATEGORIES = [
  "Smileys & Emotion",
  "People & Body",
  "Animals & Nature",
  "Food & Drink",
  "Travel & Places",
  "Activities",
  "Objects",
  "Symbols",
  "Flags",
  "Component",
] as const;

export interface Emoji {
  /** Name of the picture, for example `1f44d-1f3fb`. */
  readonly code: string;
  /** Number of the emoji without its skin tone: all tones of one have the same. */
  readonly base: number;
  /** Index into {@link CATEGORIES}. */
  readonly category: number;
  readonly hasSkinTone: boolean;
}

export interface EmojiSet {
  readonly emoji: readonly Emoji[];
  /** `[n,64,64,3]`, row-major, in the order of `emoji`. */
  readonly pixels: Uint8Array;
}

interface Pack extends NpmArchive {
  /** The vendor's name inside the package. */
  readonly vendor: string;
  /** Of the list of emoji and the pixels, as they are kept. */
  readonly contentSha256: string;
}

const pack = (vendor: string, rest: Omit<Pack, "vendor" | "dataset" | "name" | "version">): Pack => ({
  dataset: "emoji",
  name: `emoji-datasource-${vendor}`,
  version: "16.0.0",
  vendor,
  ...rest,
});

/** Noto is Google's design, Apache-2.0; Twemoji was Twitter's, CC-BY-4.0. */
const PACKS: Readonly<Record<Design, Pack>> = {
  noto: pack("google", {
    megabytes: 74,
    sha256: "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
    contentSha256: "06ab8295120679ee6bd28c720d287663545bbb8bc5c7cd5c56385375e9c8ba7a",
  }),
  twemoji: pack("twitter", {
    megabytes: 62,
    sha256: "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
    contentSha256: "200ca430ae4176ffe5a0828a61a380302fc4b0940a7a083a2ddf0a7e2542781b",
  }),
};

const loaded = new Map<string, Promise<EmojiSet>>();

/** All emoji of a design, once per process; a failure is not remembered. @throws GanError MISSING_DEPENDENCY */
export function loadEmoji(design: Design, context: FetchContext): Promise<EmojiSet> {
  const key = `${design}/${context.folder}`;
  let set = loaded.get(key);
  if (!set) {
    set = readKept(PACKS[design], context);
    set.catch(() => loaded.delete(key));
    loaded.set(key, set);
  }
  return set;
}

/** From the folder when what lies there is whole, else out of the package. */
async function readKept(pack: Pack, context: FetchContext): Promise<EmojiSet> {
  const stem = join(context.folder, `${pack.name}-${pack.version}`);
  const kept = await Promise.all([readFile(`${stem}.json`, "utf8"), readFile(`${stem}.rgb`)]).catch(() => undefined);
  if (kept && sha256(...kept) === pack.contentSha256) return { emoji: JSON.parse(kept[0]) as Emoji[], pixels: kept[1] };
  const archive = await fetchArchive(pack, context);
  context.note(`[${pack.dataset}] unpacking ${pack.name}`);
  const set = await unpackEmoji(archive, pack);
  const list = JSON.stringify(set.emoji);
  if (sha256(list, set.pixels) !== pack.contentSha256) throw wrongPictures(pack, "they decode to other pixels");
  await placeFile(`${stem}.json`, (file) => writeFile(file, list));
  await placeFile(`${stem}.rgb`, (file) => writeFile(file, set.pixels));
  return set;
}

/** What `emoji.json` says about an emoji, as far as it matters here. */
interface Entry extends Pictured {
  readonly category: string;
  readonly skin_variations?: Readonly<Record<string, Pictured>>;
}

/** Emoji that one vendor has not drawn are shown by another's picture: they are left out of both designs. */
interface Pictured {
  readonly image: string;
  readonly has_img_google: boolean;
  readonly has_img_twitter: boolean;
}

/**
 * The pictures of a package, in the order of its list, each followed by its skin tones.
 * @param archive the `.tgz`
 * @throws GanError MISSING_DEPENDENCY when the archive is not such a package
 */
export async function unpackEmoji(
  archive: Uint8Array,
  pack: NpmArchive & { readonly vendor: string },
): Promise<EmojiSet> {
  try {
    const files = new Map<string, Uint8Array>();
    for (const { name, data } of tarEntries(await promisify(gunzip)(archive))) files.set(name, data);
    const fileOf = (name: string): Uint8Array => {
      const data = files.get(`package/${name}`);
      if (!data) throw new Error(`${name} is missing`);
      return data;
    };
    const entries = JSON.parse(Buffer.from(fileOf("emoji.json")).toString("utf8")) as readonly Entry[];
    const emoji = listEmoji(entries);
    const pixels = new Uint8Array(emoji.length * LENGTH);
    emoji.forEach(({ code }, i) => {
      const { width, height, data } = pictureOnWhite(fileOf(`img/${pack.vendor}/${EMOJI_SIDE}/${code}.png`));
      if (width !== EMOJI_SIDE || height !== EMOJI_SIDE) throw new Error(`${code}.png has ${width}x${height} pixels`);
      pixels.set(data, i * LENGTH);
    });
    return { emoji, pixels };
  } catch (cause) {
    throw wrongPictures(pack, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function listEmoji(entries: readonly Entry[]): Emoji[] {
  const drawnByBoth = ({ has_img_google: noto, has_img_twitter: twemoji }: Pictured): boolean => noto && twemoji;
  return entries.flatMap((entry, base) => {
    const category = CATEGORIES.findIndex((name) => name === entry.category);
    if (category < 0) throw new Error(`the category ${entry.category} is not known`);
    const tones = Object.values(entry.skin_variations ?? {});
    return [entry, ...tones].filter(drawnByBoth).map((pictured) => ({
      code: pictured.image.replace(/\.png$/u, ""),
      base,
      category,
      hasSkinTone: pictured !== entry,
    }));
  });
}
