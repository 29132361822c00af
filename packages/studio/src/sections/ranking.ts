/** @file Ranking tables: scores with their spread over seeds, and what each score has cost. */
import { formatCount, formatKimg, formatP, formatScore, formatSeconds, median, plural } from "../format.js";
import { html, type Html } from "../html.js";
import type { ReportCell, ReportInput, ReportRanking, ReportRankingRow } from "../input.js";
import { better, chip, lookOf, section } from "./layout.js";

export function ranking(input: ReportInput): Html {
  if (input.rankings.length === 0) return html``;
  return section(
    "ranking",
    "Ranking",
    "By the median over seeds. A difference that the seeds do not support is called not significant. What a score has cost is the median over the same runs.",
    input.rankings.map((entry) => table(input, entry)),
  );
}

function table(input: ReportInput, entry: ReportRanking): Html {
  const level = entry.rows.find(({ ci }) => ci)?.ci;
  const interval = level ? `${Math.round(100 * level.level)} % CI of the ${level.of}` : "Confidence interval";
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Ranking by ${entry.metric}">
      <table class="ranking">
        <caption>
          <strong>${entry.metric}</strong>
          <span class="quiet">${better(entry.better)} · ${entry.protocol}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col" class="number">Place</th>
            <th scope="col">Variant</th>
            <th scope="col">Spread over seeds</th>
            <th scope="col" class="number">Median</th>
            <th scope="col" class="number">Min – max</th>
            <th scope="col" class="number">${interval}</th>
            <th scope="col" class="number">Seeds</th>
            <th scope="col">Against the best</th>
            <th scope="col" class="number">kimg</th>
            <th scope="col" class="number">Gradient evaluations</th>
            <th scope="col" class="number">Training time</th>
          </tr>
        </thead>
        <tbody>
          ${entry.rows.map((row) => tableRow(input, entry, row))}
        </tbody>
      </table>
    </div>
    ${entry.notes.map((note) => html`<p class="note">${note}</p> `)}`;
}

/** Scores of a variant's runs under a metric, where they are finite. */
function scored(input: ReportInput, metric: string, variant: string): { cell: ReportCell; value: number }[] {
  return input.cells
    .filter((cell) => cell.variant === variant)
    .map((cell) => ({ cell, value: Number(cell.metrics[metric] ?? Number.NaN) }))
    .filter(({ value }) => Number.isFinite(value));
}

function tableRow(input: ReportInput, entry: ReportRanking, row: ReportRankingRow): Html {
  const runs = scored(input, entry.metric, row.variant).map(({ cell }) => cell);
  const cost = (of: (cell: ReportCell) => number, format: (value: number) => string) =>
    runs.length === 0 ? "–" : format(median(runs.map(of)));
  const total = row.n + row.failedSeeds.length;
  return html`<tr class="${row.verdict === "best" ? "best" : ""}">
    <td class="number place">${row.n === 0 ? "–" : row.place}</td>
    <th scope="row">${chip(input, row.variant)}</th>
    <td>${spread(input, entry, row)}</td>
    <td class="number strong">${row.n === 0 ? "–" : formatScore(row.median)}</td>
    <td class="number">${row.n === 0 ? "–" : `${formatScore(row.min)} – ${formatScore(row.max)}`}</td>
    <td class="number">${row.ci ? `${formatScore(row.ci.low)} – ${formatScore(row.ci.high)}` : "–"}</td>
    <td class="number">${row.failedSeeds.length === 0 ? row.n : html`${row.n} of ${total}`}</td>
    <td>${verdictCell(row)}</td>
    <td class="number">${cost(({ kimg }) => kimg, formatKimg)}</td>
    <td class="number">${cost(({ gradientEvaluations }) => gradientEvaluations, formatCount)}</td>
    <td class="number">${cost(({ seconds }) => seconds, formatSeconds)}</td>
  </tr> `;
}

function verdictCell({ verdict, p, failedSeeds }: ReportRankingRow): Html {
  if (verdict === "best") return html`<span class="badge best">best median</span>`;
  if (verdict === "failed") return html`<span class="badge failed">${plural(failedSeeds.length, "seed")} failed</span>`;
  const reason = p !== undefined && html`<span class="quiet reason">${formatP(p)}</span>`;
  if (verdict === "significant") return html`<span class="badge worse">significant</span>${reason}`;
  return html`<span class="badge open">not significant</span>${reason}`;
}

const WIDTH = 180;
const HEIGHT = 22;
const MARGIN = 7;

/** Seeds as dots, their median as a bar and the confidence interval as a band, on the scale that all rows share. */
function spread(input: ReportInput, entry: ReportRanking, row: ReportRankingRow): Html {
  const all = entry.rows.filter(({ n }) => n > 0).flatMap(({ min, max }) => [min, max]);
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (row.n === 0 || !Number.isFinite(low)) return html`–`;
  const scale = high > low ? (WIDTH - 2 * MARGIN) / (high - low) : 0;
  const x = (value: number): string =>
    // An interval may be far wider than the scores: it is cut at the edge.
    Math.min(WIDTH, Math.max(0, scale === 0 ? WIDTH / 2 : MARGIN + scale * (value - low))).toFixed(1);
  const middle = HEIGHT / 2;
  const band =
    row.ci &&
    html`<rect
      class="band"
      x="${x(row.ci.low)}"
      y="4"
      width="${Math.max(0, Number(x(row.ci.high)) - Number(x(row.ci.low))).toFixed(1)}"
      height="${HEIGHT - 8}"
      rx="2"
    />`;
  const dots = scored(input, entry.metric, row.variant).map(
    ({ value }) => html`<circle class="seed" cx="${x(value)}" cy="${middle}" r="3.2" />`,
  );
  const label = `${plural(row.n, "seed")} from ${formatScore(row.min)} to ${formatScore(row.max)}, median ${formatScore(row.median)}`;
  return html`<svg
    class="spread look${lookOf(input, row.variant)}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    width="${WIDTH}"
    height="${HEIGHT}"
    role="img"
    aria-label="${label}"
  >
    <line class="axis" x1="0" y1="${middle}" x2="${WIDTH}" y2="${middle}" />
    ${band}
    <line class="range" x1="${x(row.min)}" y1="${middle}" x2="${x(row.max)}" y2="${middle}" />
    ${dots}
    <line class="median" x1="${x(row.median)}" y1="3" x2="${x(row.median)}" y2="${HEIGHT - 3}" />
  </svg>`;
}
