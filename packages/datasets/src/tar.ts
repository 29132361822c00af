/** @file Reads the files of a tar archive (POSIX ustar), as npm packs them. */

export interface TarEntry {
  /** Path inside the archive. */
  readonly name: string;
  /** A view of the archive's bytes. */
  readonly data: Uint8Array;
}

const BLOCK = 512;
/** Places in a header: offset and length. */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const TYPE = 156;
const PREFIX = [345, 155] as const;

/**
 * The ordinary files of an archive, in its order; folders, links and extended headers are passed over.
 * @throws RangeError when the archive ends in the middle of a file
 */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    const name = text(header, NAME);
    const size = Number.parseInt(text(header, SIZE), 8) || 0;
    const begin = at + BLOCK;
    if (begin + size > archive.length) throw new RangeError(`the archive ends inside ${name}`);
    const isFile = header[TYPE] === 0x30 || header[TYPE] === 0; // "0", or none in old archives
    const prefix = text(header, PREFIX);
    if (isFile && name !== "")
      yield { name: prefix === "" ? name : `${prefix}/${name}`, data: archive.subarray(begin, begin + size) };
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** A field up to its first zero byte. */
function text(header: Uint8Array, [offset, length]: readonly [number, number]): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end))
    .toString("latin1")
    .trim();
}
