/** @file The report of a sweep: one HTML file that opens from disk and asks for nothing else. */
import { loadSweepAssets } from "../assets.js";
import { formatScore, formatSeconds, plural } from "../format.js";
import { html, trusted, type Html } from "../html.js";
import { section } from "../sections/layout.js";
import { history, importance, learningCurves, parallelCoordinates, pareto, slices } from "./charts.js";
import type { SweepReportInput, SweepTrial } from "./input.js";

const MOST_ROWS = 50;

/**
 * Renders a sweep as a self-contained page without a script. Every text of the input is escaped, and a content security
 * policy lets the page load nothing.
 * @throws GanError MISSING_DEPENDENCY when the package is not whole
 */
export function renderSweepReport(input: SweepReportInput): string {
  const { style, policy } = loadSweepAssets();
  const several = input.objectives.length > 1;
  const wide = parallelCoordinates(input);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${input.title} · gan-arena</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        ${header(input)}
        <main>
          ${ranking(input)}
          ${section("history", "How it went", undefined, html`<div class="charts">${history(input)}${learningCurves(input)}</div>`)}
          ${several && section("pareto", "What cannot be had together", undefined, html`<div class="charts">${pareto(input)}</div>`)}
          ${section(
            "parameters",
            "What matters",
            "Each dot is a trial; point at it for its settings. Pruned trials are pale and shown with their last value.",
            [wide, html`<div class="charts">${importance(input)}${slices(input)}</div>`],
          )}
          ${failures(input)}
        </main>
        <footer><p>Written by gan-arena. This file holds everything it shows and loads nothing.</p></footer>
      </body>
    </html> `.text;
}

function header(input: SweepReportInput): Html {
  const count = (state: SweepTrial["state"]) => input.trials.filter((trial) => trial.state === state).length;
  const states = (["complete", "pruned", "failed", "open"] as const)
    .map((state) => [count(state), state] as const)
    .filter(([n]) => n > 0)
    .map(([n, state]) => `${n} ${state}`);
  const rows: readonly (readonly [string, string])[] = [
    ["Sweep", input.sweepId],
    ["Data set", input.dataset],
    ["Method", input.method],
    ["Objective", input.objectives.map(({ name, goal }) => `${goal} ${name}`).join(", ")],
    ["Trials", `${plural(input.trials.length, "trial")}: ${states.join(", ")}`],
    ["Budget", input.budget],
    ["Written", input.generatedAt.replace("T", " ").replace(/\.\d+Z$|Z$/u, " UTC")],
  ];
  return html`<header>
    <p class="brand"><span class="mark" aria-hidden="true"></span>gan-arena</p>
    <h1>${input.title}</h1>
    <dl class="facts">
      ${rows.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div> `,
      )}
    </dl>
  </header> `;
}

function ranking(input: SweepReportInput): Html {
  const byNumber = new Map(input.trials.map((trial) => [trial.number, trial]));
  const rows = input.ranking.slice(0, MOST_ROWS).flatMap((number) => byNumber.get(number) ?? []);
  if (rows.length === 0)
    return section("ranking", "Ranking", undefined, html`<p class="quiet">No trial is complete yet.</p>`);
  const seeds = rows.some(({ seedValues }) => seedValues.length > 1);
  const front = input.objectives.length > 1 ? "Trials that no other beats in every objective." : undefined;
  return section("ranking", "Ranking", seeds ? "By the median over the seeds." : front, [
    html`<div class="scroll" tabindex="0" role="region" aria-label="Ranking of trials">
      <table class="ranking">
        <thead>
          <tr>
            <th scope="col" class="number">Place</th>
            <th scope="col" class="number">Trial</th>
            ${input.objectives.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}
            ${seeds && html`<th scope="col" class="number">Min – max over seeds</th>`}
            <th scope="col" class="number">Training time</th>
            ${input.parameters.map(({ path }) => html`<th scope="col">${path}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map((trial, i) => row(input, { trial, place: i + 1, seeds }))}
        </tbody>
      </table>
    </div>`,
    input.ranking.length > rows.length &&
      html`<p class="note">The first ${rows.length} of ${input.ranking.length} are shown.</p>`,
    input.bestCommand !== undefined &&
      html`<h3>Train the best again</h3>
        <pre>${input.bestCommand}</pre>`,
    input.notes.map((note) => html`<p class="note">${note}</p>`),
  ]);
}

interface Row {
  readonly trial: SweepTrial;
  readonly place: number;
  readonly seeds: boolean;
}

function row(input: SweepReportInput, { trial, place, seeds }: Row): Html {
  const low = Math.min(...trial.seedValues);
  const high = Math.max(...trial.seedValues);
  return html`<tr class="${place === 1 ? "best" : ""}">
    <td class="number place">${place}</td>
    <td class="number">${trial.number}</td>
    ${trial.values.map((value) => html`<td class="number strong">${formatScore(value)}</td>`)}
    ${seeds && html`<td class="number">${formatScore(low)} – ${formatScore(high)}</td>`}
    <td class="number">${formatSeconds(trial.seconds)}</td>
    ${input.parameters.map(({ path }) => html`<td>${cell(trial.params[path])}</td>`)}
  </tr> `;
}

const cell = (value: SweepTrial["params"][string] | undefined): string =>
  value === undefined ? "–" : typeof value === "number" ? formatScore(value) : String(value);

function failures(input: SweepReportInput): Html | false {
  const failed = input.trials.filter(({ state }) => state === "failed");
  return (
    failed.length > 0 &&
    section(
      "failures",
      "Failed trials",
      undefined,
      html`<ul>
        ${failed.slice(0, MOST_ROWS).map(({ number, message }) => html`<li>trial ${number}: ${message ?? "no reason given"}</li>`)}
      </ul>`,
    )
  );
}
