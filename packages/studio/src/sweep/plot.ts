/** @file Plots of trials as SVG: no script is needed to see them, and a trial's settings are its tooltip. */
import { formatScore } from "../format.js";
import { html, trusted, type Html, type Value } from "../html.js";
import type { Scale } from "./scale.js";
import type { SweepTrial } from "./input.js";

const WIDTH = 560;
const HEIGHT = 260;
const LEFT = 64;
/** Room for half a label below the last tick. */
const RIGHT = 28;
const TOP = 10;
const BOTTOM = 40;

/** Two digits after the point are finer than a screen shows. */
export const px = (value: number): string => String(Math.round(100 * value) / 100);

interface Frame {
  readonly x: Scale;
  readonly y: Scale;
  readonly xTitle: string;
  readonly yTitle: string;
  /** For those who cannot see it. */
  readonly summary: string;
}

const xOf = ({ x }: Frame, value: unknown): number | undefined => {
  const at = x.at(value);
  return at === undefined ? undefined : LEFT + at * (WIDTH - LEFT - RIGHT);
};

const yOf = ({ y }: Frame, value: unknown): number | undefined => {
  const at = y.at(value);
  return at === undefined ? undefined : TOP + (1 - at) * (HEIGHT - TOP - BOTTOM);
};

/** Axes, ticks and grid around the marks. */
export function framed(frame: Frame, marks: Value): Html {
  const { x, y, xTitle, yTitle, summary } = frame;
  const bottom = HEIGHT - BOTTOM;
  const right = WIDTH - RIGHT;
  const across = x.ticks.map(({ at, label }) => {
    const place = px(LEFT + at * (right - LEFT));
    return html`<line class="grid" x1="${place}" y1="${TOP}" x2="${place}" y2="${bottom}" />
      <text class="tick" x="${place}" y="${bottom + 15}" text-anchor="middle">${label}</text>`;
  });
  const up = y.ticks.map(({ at, label }) => {
    const place = px(TOP + (1 - at) * (bottom - TOP));
    return html`<line class="grid" x1="${LEFT}" y1="${place}" x2="${right}" y2="${place}" />
      <text class="tick" x="${LEFT - 6}" y="${place}" dy="0.32em" text-anchor="end">${label}</text>`;
  });
  return html`<svg class="trials" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${summary}">
    ${across}${up} ${marks}
    <text class="axis-title" x="${(LEFT + right) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${xTitle}</text>
    <text class="axis-title" transform="translate(11 ${(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">
      ${yTitle}
    </text>
  </svg> `;
}

/** Settings and value of a trial, in one line. */
export const tooltip = ({ number, state, params, values }: SweepTrial): string =>
  `trial ${number} (${state}): ${values.map(formatScore).join(", ")}\n${Object.entries(params)
    .map(([path, value]) => `${path} ${typeof value === "number" ? formatScore(value) : String(value)}`)
    .join("\n")}`;

/** @returns nothing where the point has no place */
export function dot(frame: Frame, trial: SweepTrial, [x, y]: readonly [unknown, unknown], best: boolean): Html | false {
  const [cx, cy] = [xOf(frame, x), yOf(frame, y)];
  if (cx === undefined || cy === undefined) return false;
  return html`<circle
    class="trial ${trial.state}${best ? " top" : ""}"
    cx="${px(cx)}"
    cy="${px(cy)}"
    r="${best ? 5 : 3.2}"
  >
    <title>${tooltip(trial)}</title>
  </circle>`;
}

/** A line through points; those without a place are gaps. */
export function path(frame: Frame, points: readonly (readonly [unknown, unknown])[], name: string): Html {
  let drawn = "";
  let pen = "M";
  for (const [x, y] of points) {
    const [cx, cy] = [xOf(frame, x), yOf(frame, y)];
    if (cx === undefined || cy === undefined) pen = "M";
    else {
      drawn += `${pen}${px(cx)} ${px(cy)}`;
      pen = "L";
    }
  }
  return html`<path class="${name}" d="${drawn}" />`;
}

export const figure = (title: string, subtitle: string, plot: Html): Html =>
  html`<figure class="chart">
    <figcaption><strong>${title}</strong> <span class="quiet">${subtitle}</span></figcaption>
    ${plot}
  </figure> `;

/** Good to bad, for lines that are told apart by their value only. @param rank 0 best, 1 worst */
export const shade = (rank: number): Html => trusted(`rank${Math.min(9, Math.floor(10 * rank))}`);
