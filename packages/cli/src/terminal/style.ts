/** @file Colours, and the width of text that may hold them. */

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

type Style = keyof typeof CODES;
export type Paint = (style: Style, text: string) => string;

export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? `\u001B[${CODES[style][0]}m${text}\u001B[${CODES[style][1]}m` : text;

// oxlint-disable-next-line no-control-regex
const ESCAPES = /\u001B\[[0-9;]*m/gu;

export const plain = (text: string): string => text.replaceAll(ESCAPES, "");

/** Columns that the text takes; every character of ours is one wide. */
export const widthOf = (text: string): number => Array.from(plain(text)).length;

/** Cuts plain text to a width, with an ellipsis. */
export function fit(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
}
