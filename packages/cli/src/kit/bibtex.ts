/** @file A paper as BibTeX. */
import type { Paper } from "@gan-arena/core/base";

/**
 * Keys are as people make them by hand: first author, year, first word of the title that says something.
 * @example bibtexOf({ title: "Wasserstein GAN", authors: "Arjovsky, Chintala, Bottou", year: 2017, arxiv: "1701.07875" })
 */
export function bibtexOf({ title, authors, year, arxiv, venue }: Paper): string {
  // A venue says the year that the paper was published in, which may be another than that of the preprint.
  const published = venue?.replace(/\s*\b(19|20)\d\d\b\s*/u, " ").trim();
  const fields: Record<string, string | undefined> = {
    title: `{${escaped(title)}}`,
    author: peopleOf(authors).map(escaped).join(" and "),
    year: String(/\b(?:19|20)\d\d\b/u.exec(venue ?? "")?.[0] ?? year),
    booktitle: published,
    eprint: arxiv,
    archiveprefix: arxiv === undefined ? undefined : "arXiv",
    url: arxiv === undefined ? undefined : `https://arxiv.org/abs/${arxiv}`,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => (value ? [`  ${name} = {${value}},`] : []));
  return [`@${published ? "inproceedings" : "misc"}{${keyOf({ title, authors, year })},`, ...lines, "}"].join("\n");
}

/** "Lim and Ye", "A, B, C" or "A et al." as single names; BibTeX calls the rest "others". */
const peopleOf = (authors: string): string[] =>
  authors
    .replace(/,?\s+et al\.?$/u, ", others")
    .split(/\s*,\s*|\s+and\s+|\s*&\s*/u)
    .filter(Boolean);

const SMALL = new Set(["a", "an", "the", "on", "of", "for", "in", "towards", "with"]);

function keyOf({ title, authors, year }: Paper): string {
  const [first = "anonymous"] = peopleOf(authors);
  const surname = first.split(/\s+/u).at(-1) ?? first;
  const words = title.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const word = words.find((candidate) => !SMALL.has(candidate.toLowerCase())) ?? "";
  return ascii(`${surname}${year}${word}`.toLowerCase());
}

const ascii = (text: string): string => text.normalize("NFKD").replaceAll(/[^a-z0-9]/gu, "");

const escaped = (text: string): string => text.replaceAll(/[&%$#_]/gu, (sign) => `\\${sign}`);
