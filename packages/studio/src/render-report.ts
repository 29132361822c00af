/** @file The report: one HTML file that opens from disk and asks for nothing else. */
import { loadAssets } from "./assets.js";
import { html, scriptJson, trusted, type Html } from "./html.js";
import type { ReportInput } from "./input.js";
import { charts, chartsOf } from "./sections/charts.js";
import { ranking } from "./sections/ranking.js";
import { runs } from "./sections/runs.js";
import { samples, samplesOf } from "./sections/samples.js";
import { header, verdicts } from "./sections/verdicts.js";

/**
 * Renders a comparison, or a single run, as a self-contained page: style, script, charts and pictures are inside. Every
 * text of the input is escaped, and a content security policy lets the page run its own script and load nothing.
 * @throws GanError INTERNAL when a picture is not a PNG data URI, MISSING_DEPENDENCY when the package is not whole
 */
export function renderReport(input: ReportInput): string {
  const { style, script, policy } = loadAssets();
  const sampleData = samplesOf(input);
  const chartData = chartsOf(input);
  const data = { samples: sampleData, charts: [...chartData.metrics, ...chartData.terms] };
  const body = html`${header(input)}
    <main>${verdicts(input)}${ranking(input)}${samples(input, sampleData)}${charts(chartData)}${runs(input)}</main>
    <footer><p>Written by gan-arena. This file holds everything it shows and loads nothing.</p></footer> `;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${input.title} · gan-arena</title>
        ${element("style", style)}
      </head>
      <body>
        ${body}
        <script type="application/json" id="data">
          ${scriptJson(data)}
        </script>
        ${element("script", script)}
      </body>
    </html> `.text;
}

/** The policy allows what has the right hash: not a space may be added to the text. */
const element = (name: "style" | "script", text: string): Html => trusted(`<${name}>${text}</${name}>`);
