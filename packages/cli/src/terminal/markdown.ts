/** @file Tables for pages that understand Markdown. */

/** @param rows one text for each head */
export const markdownTable = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.map(escaped).join(" | ")} |`).join("\n");

const escaped = (text: string): string => text.replaceAll("|", String.raw`\|`).replaceAll("\n", " ");
