/** @file Samples side by side: a column per variant, a row per seed, real data first; all move through training in step. */
import { formatKimg } from "../format.js";
import { html, type Html } from "../html.js";
import type { ReportCell, ReportImage, ReportInput } from "../input.js";
import { historyOf, picture } from "../pictures.js";
import { badge, chip, section, variantsOf } from "./layout.js";

/** What the script needs to move the pictures: for each cell of the table its history. */
export interface SampleData {
  /** Every kimg at which some run has a picture, ascending. */
  readonly stops: readonly number[];
  readonly histories: readonly (readonly ReportImage[])[];
}

export function samplesOf(input: ReportInput): SampleData {
  const histories = input.cells.map((cell) => historyOf(cell));
  const stops = [...new Set(histories.flatMap((history) => history.map(({ kimg }) => kimg)))].sort((a, b) => a - b);
  return { stops, histories };
}

export function samples(input: ReportInput, { stops, histories }: SampleData): Html {
  if (stops.length === 0 && input.realSamples === undefined) return html``;
  const variants = variantsOf(input);
  const seeds = [...new Set(input.cells.map(({ seed }) => seed))].sort((a, b) => a - b);
  const real = input.realSamples;
  const rows = seeds.map(
    (seed, i) =>
      html`<tr>
        <th scope="row">seed ${seed}</th>
        ${
          real !== undefined &&
          i === 0 &&
          html`<td class="real" rowspan="${seeds.length}">
            ${picture(real, `Real samples of ${input.dataset}`, "real samples")}
          </td>`
        }
        ${variants.map((variant) => sampleCell(input, histories, variant, seed))}
      </tr> `,
  );
  const columns = variants.length + (real === undefined ? 0 : 1);
  const last = stops.at(-1) ?? 0;
  const slider =
    stops.length > 1 &&
    html`<div class="slider" hidden>
      <button type="button" id="play" aria-label="Play the training">▶</button>
      <label for="stop">Training progress</label>
      <input
        type="range"
        id="stop"
        min="0"
        max="${stops.length - 1}"
        step="1"
        value="${stops.length - 1}"
        aria-valuetext="${formatKimg(last)} kimg"
      />
      <output for="stop" id="stop-label">${formatKimg(last)} kimg</output>
    </div> `;
  return section(
    "samples",
    "Samples",
    "The same latents in every picture of a run. Nothing is picked by hand.",
    html`${slider}
      <div class="scroll" tabindex="0" role="region" aria-label="Samples by variant and seed">
        <table class="samples columns${Math.min(6, columns)}">
          <thead>
            <tr>
              <td></td>
              ${real !== undefined && html`<th scope="col">Real data</th>`}${variants.map(
                (variant) => html`<th scope="col">${chip(input, variant)}</th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`,
  );
}

function sampleCell(input: ReportInput, histories: SampleData["histories"], variant: string, seed: number): Html {
  const index = input.cells.findIndex((cell) => cell.variant === variant && cell.seed === seed);
  const cell: ReportCell | undefined = input.cells[index];
  if (!cell) return html`<td class="empty">no run</td>`;
  const final = histories[index]?.at(-1);
  const state =
    cell.status !== "finished" && html`<p class="under">${badge(cell.status)} at ${formatKimg(cell.kimg)} kimg</p>`;
  if (!final) return html`<td class="empty">no picture${state}</td>`;
  for (const { kimg, png } of histories[index] ?? []) picture(png, "", `${cell.runId} at ${kimg} kimg`);
  const alt = `Samples of ${variant}, seed ${seed}`;
  return html`<td>${picture(final.png, alt, cell.runId, html`data-cell="${index}"`)}${state}</td>`;
}
