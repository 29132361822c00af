/** @file Makes small archives for tests, as npm would pack them. */
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";

const BLOCK = 512;

/** A tar archive of ordinary files, each with the given bytes. */
export function tarOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, data]) => {
    const header = Buffer.alloc(BLOCK);
    header.write(name, 0, "latin1");
    header.write(data.length.toString(8).padStart(11, "0"), 124, "latin1");
    header.write("0", 156, "latin1");
    header.write("ustar", 257, "latin1");
    const body = Buffer.alloc(Math.ceil(data.length / BLOCK) * BLOCK);
    body.set(data);
    return [header, body];
  });
  return new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

/** A square PNG of 64 pixels in one colour, RGBA. */
export const plainPng = (...[red, green, blue, alpha]: readonly [number, number, number, number]): Uint8Array =>
  encode({
    width: 64,
    height: 64,
    channels: 4,
    data: Uint8Array.from({ length: 64 * 64 * 4 }, (_, i) => [red, green, blue, alpha][i % 4] ?? 0),
  });

/** What the tests' package of emoji holds: `a` with a second skin tone, `b`, and `c` that one vendor has not drawn. */
export function emojiArchive(): Uint8Array {
  const drawn = { has_img_google: true, has_img_twitter: true };
  const list = [
    {
      image: "a.png",
      category: "People & Body",
      ...drawn,
      skin_variations: { "1F3FB": { image: "a-1f3fb.png", ...drawn } },
    },
    { image: "c.png", category: "Flags", has_img_google: true, has_img_twitter: false },
    { image: "b.png", category: "Flags", ...drawn },
  ];
  const files = {
    "package/package.json": Buffer.from("{}"),
    "package/emoji.json": Buffer.from(JSON.stringify(list)),
    "package/img/google/64/a.png": plainPng(255, 0, 0, 255),
    "package/img/google/64/a-1f3fb.png": plainPng(0, 0, 0, 0),
    "package/img/google/64/b.png": plainPng(0, 0, 255, 51),
  };
  return new Uint8Array(gzipSync(tarOf(files)));
}
