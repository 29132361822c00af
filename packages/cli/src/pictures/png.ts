/** @file Pictures as PNG files and back. */
import type { Picture } from "@gan-arena/core/base";
import { decode, encode } from "fast-png";

export const encodePicture = ({ width, height, channels, data }: Picture): Uint8Array =>
  encode({ width, height, channels, data, depth: 8 });

/** A PNG that this program wrote: 8 bits, grey or colour. @throws Error when it is something else */
export function decodePicture(bytes: Uint8Array): Picture {
  const { width, height, channels, data, depth } = decode(bytes);
  if (depth !== 8 || (channels !== 1 && channels !== 3) || data instanceof Uint16Array)
    throw new Error(`expected a PNG of 8 bits with 1 or 3 channels, got ${depth} bits and ${channels} channels`);
  return { width, height, channels, data: new Uint8Array(data) };
}
