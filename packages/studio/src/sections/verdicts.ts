/** @file The head of the report and its verdicts: what most readers come for. */
import { listing, plural } from "../format.js";
import { html, type Html } from "../html.js";
import type { ReportInput } from "../input.js";
import { verdictOf } from "../verdict.js";
import { better, section, variantsOf } from "./layout.js";

export function header(input: ReportInput): Html {
  const variants = variantsOf(input);
  const seeds = [...new Set(input.cells.map(({ seed }) => seed))];
  const machine = Object.entries(input.machine).map(([name, value]) => `${name} ${value}`);
  const rows: [string, string | undefined][] = [
    ["Data set", input.dataset],
    ["Variants", listing(variants)],
    ["Seeds", seeds.join(", ")],
    ["Budget", input.budget],
    ["Machine", machine.length > 0 ? machine.join(", ") : undefined],
    ["Written", input.generatedAt.replace("T", " ").replace(/\.\d+Z$|Z$/, " UTC")],
  ];
  return html`<header>
    <p class="brand"><span class="mark" aria-hidden="true"></span>gan-arena</p>
    <h1>${input.title}</h1>
    <dl class="facts">
      ${rows.map(
        ([name, value]) =>
          value !== undefined &&
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div> `,
      )}
    </dl>
  </header> `;
}

const LABELS = {
  clear: "significant",
  partial: "partly significant",
  open: "not significant",
  none: "no comparison",
} as const;

export function verdicts(input: ReportInput): Html {
  const unfinished = input.cells.filter(({ status }) => status !== "finished");
  const cards = input.rankings.map((ranking) => {
    const { kind, text } = verdictOf(ranking);
    return html`<article class="card ${kind}">
      <h3>${ranking.metric} <span class="quiet">${better(ranking.better)}</span></h3>
      <p>${text}</p>
      <p class="tag">${LABELS[kind]}</p>
    </article> `;
  });
  const warning =
    unfinished.length > 0 &&
    html`<p class="warning" role="note">
      <strong>${plural(unfinished.length, "run")} of ${input.cells.length} did not finish:</strong>
      ${listing(unfinished.map(({ variant, seed, status }) => `${variant} seed ${seed} (${status})`))}. Where such a run
      has no score, the numbers leave it out. <a href="#runs">See the runs.</a>
    </p>`;
  if (cards.length === 0 && unfinished.length === 0 && (input.notes ?? []).length === 0) return html``;
  return section("verdict", "Verdict", undefined, [
    warning,
    cards.length > 0 && html`<div class="cards">${cards}</div>`,
    (input.notes ?? []).map((note) => html`<p class="quiet">${note}</p> `),
  ]);
}
