/**
 * @file Fenced blocks of a document: `sh run` is run, `<language> file=<path>` is written to a file, everything else is to be read.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./repository.js";

export type Block =
  | { readonly kind: "run"; readonly commands: readonly string[]; readonly line: number }
  | { readonly kind: "file"; readonly file: string; readonly text: string; readonly line: number }
  | { readonly kind: "shown"; readonly language: string; readonly text: string; readonly line: number };

/** @param document path in the repository @throws Error when a fence is not closed */
export function blocksOf(document: string): Block[] {
  const blocks: Block[] = [];
  let open: { readonly info: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of readFileSync(join(ROOT, document), "utf8").split("\n").entries()) {
    if (!line.startsWith("```")) open?.lines.push(line);
    else if (open) {
      blocks.push(blockOf(open.info, open.lines, open.line));
      open = undefined;
    } else open = { info: line.slice(3).trim(), line: index + 1, lines: [] };
  }
  if (open) throw new Error(`${document}:${open.line}: the fence is not closed`);
  return blocks;
}

function blockOf(info: string, lines: readonly string[], line: number): Block {
  const [language = "", ...attributes] = info.split(/\s+/u);
  const file = attributes.find((attribute) => attribute.startsWith("file="))?.slice("file=".length);
  if (file !== undefined) return { kind: "file", file, text: `${lines.join("\n")}\n`, line };
  if (language === "sh" && attributes.includes("run"))
    return { kind: "run", commands: lines.filter((text) => text.trim() !== ""), line };
  return { kind: "shown", language, text: lines.join("\n"), line };
}
