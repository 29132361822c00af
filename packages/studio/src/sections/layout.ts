/** @file Pieces that several sections share. */
import { html, type Html, type Value } from "../html.js";
import type { ReportCell, ReportInput } from "../input.js";

/** Colours and dashes of the style sheet; later variants begin again. */
export const LOOKS = 8;

/** Variants in the order in which they are shown everywhere. */
export const variantsOf = (input: ReportInput): string[] => [...new Set(input.cells.map(({ variant }) => variant))];

export const lookOf = (input: ReportInput, variant: string): number =>
  Math.max(0, variantsOf(input).indexOf(variant)) % LOOKS;

/** The variant's name with its colour. */
export const chip = (input: ReportInput, variant: string): Html =>
  html`<span class="chip look${lookOf(input, variant)}"><span class="dot" aria-hidden="true"></span>${variant}</span>`;

export const section = (id: string, title: string, lead: Value, body: Value): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${lead === undefined ? undefined : html`<p class="lead">${lead}</p>`} ${body}
  </section> `;

const STATUS_WORDS: Readonly<Record<ReportCell["status"], string>> = {
  finished: "finished",
  running: "running",
  interrupted: "interrupted",
  failed: "failed",
};

export const badge = (status: ReportCell["status"]): Html =>
  html`<span class="badge ${STATUS_WORDS[status] ?? "interrupted"}">${STATUS_WORDS[status] ?? "unknown"}</span>`;

export const better = (direction: "lower" | "higher"): string =>
  direction === "lower" ? "lower is better" : "higher is better";
