/** @file The charts of a sweep: history, learning curves, slices, parallel coordinates, Pareto front, importance. */
import { formatScore } from "../format.js";
import { html, type Html } from "../html.js";
import type { SweepReportInput, SweepTrial } from "./input.js";
import { dot, figure, framed, path, px, shade, tooltip } from "./plot.js";
import { numberScale, scaleOf } from "./scale.js";

/** More marks than these are a blot, and a page of many megabytes. */
const MOST_TRIALS = 2000;

const judged = (input: SweepReportInput): SweepTrial[] => {
  const all = input.trials.filter(({ state, values }) => state !== "failed" && Number.isFinite(values[0]));
  if (all.length <= MOST_TRIALS) return all;
  const best = new Set(input.ranking.slice(0, MOST_TRIALS / 2));
  const stride = all.length / (MOST_TRIALS / 2);
  const kept = new Set(Array.from({ length: MOST_TRIALS / 2 }, (_, i) => Math.floor(i * stride)));
  return all.filter(({ number }, i) => best.has(number) || kept.has(i));
};

/** A logarithmic axis where values span more than two powers of ten. */
const valueScale = (values: readonly number[]) => {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return numberScale(values, low > 0 && high / low > 100);
};

const nameOf = (input: SweepReportInput, i = 0): string => input.objectives[i]?.name ?? "value";
const firstOf = ({ values }: SweepTrial): number => values[0] ?? Number.NaN;

/** Values by trial number, and the best so far. */
export function history(input: SweepReportInput): Html {
  const trials = judged(input);
  const frame = {
    x: numberScale(
      trials.map(({ number }) => number),
      false,
    ),
    y: valueScale(trials.map(firstOf)),
    xTitle: "trial",
    yTitle: nameOf(input),
    summary: `${nameOf(input)} of each trial, and the best so far`,
  };
  const better = input.objectives[0]?.goal === "maximize" ? Math.max : Math.min;
  let best: number | undefined;
  const steps = trials.flatMap((trial): [number, number][] => {
    if (trial.state !== "complete") return [];
    const before = best;
    best = best === undefined ? firstOf(trial) : better(best, firstOf(trial));
    return before === undefined
      ? [[trial.number, best]]
      : [
          [trial.number, before],
          [trial.number, best],
        ];
  });
  const dots = trials.map((trial) =>
    dot(frame, trial, [trial.number, firstOf(trial)], trial.number === input.ranking[0]),
  );
  return figure("History", "the line is the best so far", framed(frame, [path(frame, steps, "best-line"), dots]));
}

/** Values on the way, of the first seed of each trial. */
export function learningCurves(input: SweepReportInput): Html | undefined {
  const place = new Map(input.ranking.map((number, i) => [number, i / Math.max(1, input.ranking.length - 1)]));
  const trials = judged(input)
    .filter(({ reports }) => reports.length > 1)
    .slice(0, 300);
  if (trials.length === 0) return undefined;
  const points = trials.flatMap(({ reports }) => reports);
  const frame = {
    x: numberScale(
      points.map(([kimg]) => kimg),
      false,
    ),
    y: valueScale(points.map(([, value]) => value)),
    xTitle: "kimg",
    yTitle: nameOf(input),
    summary: `${nameOf(input)} of ${trials.length} trials during training`,
  };
  const lines = [...trials].reverse().map(
    (trial) =>
      html`<g class="${trial.state === "pruned" ? "cut" : shade(place.get(trial.number) ?? 1)}">
        <title>${tooltip(trial)}</title>
        ${path(frame, trial.reports, "curve")}
      </g>`,
  );
  return figure("On the way", "dashed where pruned; the first seed of each trial", framed(frame, lines));
}

/** The objective against one parameter at a time. */
export function slices(input: SweepReportInput): Html[] {
  const trials = judged(input);
  return input.parameters.map(({ path: name, log }) => {
    const shown = trials.filter(({ params }) => params[name] !== undefined);
    const frame = {
      x: scaleOf(
        shown.map(({ params }) => params[name]),
        log,
      ),
      y: valueScale(shown.map(firstOf)),
      xTitle: name,
      yTitle: nameOf(input),
      summary: `${nameOf(input)} against ${name}`,
    };
    const dots = shown.map((trial) =>
      dot(frame, trial, [trial.params[name], firstOf(trial)], trial.number === input.ranking[0]),
    );
    return figure(name, "", framed(frame, dots));
  });
}

/** What cannot be had together: every pair of objectives, the front joined by a line. */
export function pareto(input: SweepReportInput): Html[] {
  const trials = judged(input).filter(({ state }) => state === "complete");
  const front = new Set(input.ranking);
  return input.objectives.slice(1).map((objective, i) => {
    const second = ({ values }: SweepTrial): number => values[i + 1] ?? Number.NaN;
    const frame = {
      x: valueScale(trials.map(second)),
      y: valueScale(trials.map(firstOf)),
      xTitle: `${objective.name} (${objective.goal})`,
      yTitle: nameOf(input),
      summary: `${nameOf(input)} against ${objective.name}; ${front.size} trials are on the front`,
    };
    const line = trials
      .filter(({ number }) => front.has(number))
      .map((trial) => [second(trial), firstOf(trial)] as const)
      .sort(([a], [b]) => a - b);
    const dots = trials.map((trial) => dot(frame, trial, [second(trial), firstOf(trial)], front.has(trial.number)));
    return figure(
      "Pareto front",
      `${nameOf(input)} and ${objective.name}`,
      framed(frame, [path(frame, line, "best-line"), dots]),
    );
  });
}

const ROW = 26;

export function importance(input: SweepReportInput): Html | undefined {
  if (input.importance.length === 0) return undefined;
  const rows = [...input.importance].sort((a, b) => b.value - a.value);
  const most = rows[0]?.value || 1;
  const height = rows.length * ROW;
  const bars = rows.map(
    ({ path: name, value }, i) =>
      html`<text class="tick" x="200" y="${i * ROW + ROW / 2}" dy="0.32em" text-anchor="end">${name}</text>
        <rect
          class="bar"
          x="208"
          y="${i * ROW + 5}"
          width="${px(Math.max(1, (280 * value) / most))}"
          height="${ROW - 10}"
          rx="2"
        />
        <text class="tick" x="${px(214 + (280 * value) / most)}" y="${i * ROW + ROW / 2}" dy="0.32em"
          >${formatScore(Number(value.toFixed(3)))}</text
        >`,
  );
  const summary = `importance: ${rows.map(({ path: name, value }) => `${name} ${value.toFixed(2)}`).join(", ")}`;
  return figure(
    "Importance",
    "share of the variance that a parameter explains",
    html`<svg class="trials" viewBox="0 0 560 ${height}" role="img" aria-label="${summary}">${bars}</svg>`,
  );
}

const PARALLEL_WIDTH = 1160;
const PARALLEL_HEIGHT = 340;

/** One axis a parameter and one for the objective; each trial a line, the good ones in front. */
export function parallelCoordinates(input: SweepReportInput): Html | undefined {
  const ranked = judged(input)
    .filter(({ state }) => state === "complete")
    .slice(0, 500);
  if (ranked.length < 2 || input.parameters.length === 0) return undefined;
  const axes = [
    ...input.parameters.map(({ path: name, log }) => ({
      name,
      scale: scaleOf(
        ranked.map(({ params }) => params[name]),
        log,
      ),
      value: (trial: SweepTrial): unknown => trial.params[name],
    })),
    { name: nameOf(input), scale: valueScale(ranked.map(firstOf)), value: firstOf as (trial: SweepTrial) => unknown },
  ];
  const x = (i: number) => 70 + (i * (PARALLEL_WIDTH - 150)) / (axes.length - 1);
  const y = (at: number) => 40 + (1 - at) * (PARALLEL_HEIGHT - 70);
  const sign = input.objectives[0]?.goal === "maximize" ? -1 : 1;
  const ordered = [...ranked].sort((a, b) => sign * (firstOf(b) - firstOf(a)));
  const lines = ordered.map((trial, i) => {
    const points = axes.flatMap(({ scale, value }, a) => {
      const at = scale.at(value(trial));
      return at === undefined ? [] : [`${px(x(a))} ${px(y(at))}`];
    });
    return html`<g class="${shade(1 - (i + 1) / ordered.length)}">
      <title>${tooltip(trial)}</title>
      <path class="curve" d="M${points.join("L")}" />
    </g>`;
  });
  const rules = axes.map(
    ({ name, scale }, i) =>
      html`<line class="axis" x1="${px(x(i))}" y1="${y(1)}" x2="${px(x(i))}" y2="${y(0)}" />
        <text class="axis-title" x="${px(x(i))}" y="20" text-anchor="middle">${name}</text>
        ${scale.ticks.map(
          ({ at, label }) =>
            html`<text class="tick halo" x="${px(x(i) + 6)}" y="${px(y(at))}" dy="0.32em">${label}</text>`,
        )}`,
  );
  const summary = `parallel coordinates of ${ranked.length} trials over ${axes.map(({ name }) => name).join(", ")}`;
  return figure(
    "Parallel coordinates",
    "the better a trial, the darker its line",
    html`<svg class="trials" viewBox="0 0 ${PARALLEL_WIDTH} ${PARALLEL_HEIGHT}" role="img" aria-label="${summary}">
      ${lines}${rules}
    </svg>`,
  );
}
