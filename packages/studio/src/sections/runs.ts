/** @file Every run, with the three measures of its budget beside its scores. */
import { formatCount, formatKimg, formatScore, formatSeconds } from "../format.js";
import { html, type Html } from "../html.js";
import type { ReportCell, ReportInput } from "../input.js";
import { badge, chip, section } from "./layout.js";

export function runs(input: ReportInput): Html {
  const metrics = [...new Set(input.cells.flatMap((cell) => Object.keys(cell.metrics)))];
  return section(
    "runs",
    "Runs",
    "Time is training alone, without metrics and pictures.",
    html`<div class="scroll" tabindex="0" role="region" aria-label="All runs">
        <table>
          <caption class="hidden">
            All runs with scores and budgets
          </caption>
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col" class="number">Seed</th>
              <th scope="col">Status</th>
              ${metrics.map((name) => html`<th scope="col" class="number">${name}</th>`)}
              <th scope="col" class="number">kimg</th>
              <th scope="col" class="number">Gradient evaluations</th>
              <th scope="col" class="number">Training time</th>
              <th scope="col">Run</th>
            </tr>
          </thead>
          <tbody>
            ${input.cells.map((cell) => row(input, cell, metrics))}
          </tbody>
        </table>
      </div>
      ${
        input.command !== undefined &&
        html`<p class="lead">To make this again:</p>
          <pre><code>${input.command}</code></pre>`
      }`,
  );
}

function row(input: ReportInput, cell: ReportCell, metrics: readonly string[]): Html {
  const scores = metrics.map((name) => {
    const value = cell.metrics[name];
    return html`<td class="number">${value === undefined ? "–" : formatScore(Number(value))}</td>`;
  });
  return html`<tr>
      <th scope="row">${chip(input, cell.variant)}</th>
      <td class="number">${cell.seed}</td>
      <td>${badge(cell.status)}</td>
      ${scores}
      <td class="number">${formatKimg(cell.kimg)}</td>
      <td class="number">${formatCount(cell.gradientEvaluations)}</td>
      <td class="number">${formatSeconds(cell.seconds)}</td>
      <td><code>${cell.runId}</code></td>
    </tr>
    ${
      cell.message !== undefined &&
      cell.status !== "finished" &&
      html`<tr class="message">
        <td colspan="${metrics.length + 7}">${cell.message}</td>
      </tr> `
    }`;
}
