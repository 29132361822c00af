/** @file Curves: metrics over all variants, losses and scores for each variant. The script draws them. */
import { medianCurve, thin } from "../curves.js";
import { html, type Html } from "../html.js";
import type { Points, ReportCurve, ReportInput } from "../input.js";
import { better, lookOf, LOOKS, section, variantsOf } from "./layout.js";

/** A line of a chart. */
interface ChartLine {
  readonly label: string;
  /** Colour and dash, as in the style sheet. */
  readonly look: number;
  /** One seed: thin. The median over the seeds: bold. */
  readonly bold: boolean;
  readonly kimg: readonly number[];
  readonly seconds: readonly number[];
  /** null: a gap. */
  readonly values: readonly (number | null)[];
}

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  /** What the chart shows, for those who cannot see it. */
  readonly summary: string;
  readonly lines: readonly ChartLine[];
}

export interface ChartData {
  readonly metrics: readonly Chart[];
  readonly terms: readonly Chart[];
}

const MOST_POINTS = 400;
/** Seeds are drawn thin and in the back: fewer points will do. */
const MOST_POINTS_OF_A_SEED = 200;

/** Terms begin at another colour than variants do, lest a term be taken for a variant. */
const FIRST_TERM = 4;

/** Five digits are more than a screen shows, and half the size. */
const short = (value: number): number => Number(value.toPrecision(5));

function line(label: string, look: number, bold: boolean, points: Points): ChartLine {
  const kept = thin(points, bold ? MOST_POINTS : MOST_POINTS_OF_A_SEED);
  return {
    label,
    look,
    bold,
    kimg: kept.map(([kimg]) => short(kimg)),
    seconds: kept.map(([, seconds]) => short(seconds)),
    values: kept.map(([, , value]) => (Number.isFinite(value) ? short(value) : null)),
  };
}

/** The median in front of its seeds; a single run is its own median. */
function lines(label: string, look: number, runs: readonly { seed: number; points: Points }[]): ChartLine[] {
  if (runs.length === 0) return [];
  const seeds =
    runs.length > 1 ? runs.map(({ seed, points }) => line(`${label}, seed ${seed}`, look, false, points)) : [];
  return [...seeds, line(label, look, true, medianCurve(runs.map(({ points }) => points)))];
}

export function chartsOf(input: ReportInput): ChartData {
  const variants = variantsOf(input);
  const runsOf = (variant: string, kind: ReportCurve["kind"], name: string) =>
    input.cells
      .filter((cell) => cell.variant === variant)
      .flatMap(({ seed, curves }) =>
        curves.filter((curve) => curve.kind === kind && curve.name === name).map(({ points }) => ({ seed, points })),
      );
  const names = (variant: string | undefined, kind: ReportCurve["kind"]) => [
    ...new Set(
      input.cells
        .filter((cell) => variant === undefined || cell.variant === variant)
        .flatMap(({ curves }) => curves.filter((curve) => curve.kind === kind).map(({ name }) => name)),
    ),
  ];
  const metrics = names(undefined, "metric").map((name, i): Chart => {
    const direction = input.rankings.find(({ metric }) => metric === name)?.better;
    return {
      id: `metric-${i}`,
      title: name,
      subtitle: direction === undefined ? "" : better(direction),
      summary: `${name} of ${variants.join(", ")} during training; the final values are in the table of runs`,
      lines: variants.flatMap((variant) => lines(variant, lookOf(input, variant), runsOf(variant, "metric", name))),
    };
  });
  const everyTerm = names(undefined, "term").sort();
  const lookOfTerm = (name: string): number => (everyTerm.indexOf(name) + FIRST_TERM) % LOOKS;
  const terms = variants.flatMap((variant, v) =>
    [...groupsOf(names(variant, "term"))].map(([group, members], g): Chart => ({
      id: `terms-${v}-${g}`,
      title: variant,
      subtitle: group,
      summary: `${group} of ${variant} during training: ${members.join(", ")}`,
      lines: members.flatMap((name) => lines(name, lookOfTerm(name), runsOf(variant, "term", name))),
    })),
  );
  return { metrics: metrics.filter(hasLines), terms: terms.filter(hasLines) };
}

const hasLines = (chart: Chart): boolean => chart.lines.some(({ values }) => values.length > 0);

/** Losses in one chart, and each other family, such as `score/…`, in one of its own: their scales differ. */
function groupsOf(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const family = name.split("/")[0] ?? name;
    const group = /^[A-Z]/.test(family) || !name.includes("/") ? "losses" : `${family}s`;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

const figure = ({ id, title, subtitle, summary }: Chart): Html =>
  html`<figure class="chart" id="${id}">
    <figcaption><strong>${title}</strong> <span class="quiet">${subtitle}</span></figcaption>
    <div class="plot" role="img" aria-label="${summary}"></div>
    <div class="legend"></div>
  </figure> `;

export function charts({ metrics, terms }: ChartData): Html {
  if (metrics.length + terms.length === 0) return html``;
  const switches = html`<div class="switches" hidden>
      <fieldset>
        <legend>Against</legend>
        <label><input type="radio" name="x" value="kimg" checked /><span>kimg</span></label>
        <label><input type="radio" name="x" value="seconds" /><span>seconds of training</span></label>
      </fieldset>
      <fieldset>
        <legend>Scale of metrics</legend>
        <label><input type="radio" name="scale" value="linear" checked /><span>linear</span></label>
        <label><input type="radio" name="scale" value="log" /><span>logarithmic</span></label>
      </fieldset>
    </div>
    <noscript
      ><p class="note">
        The curves are drawn by a script in this page; without it the tables hold the final values.
      </p></noscript
    > `;
  const group = (title: string, list: readonly Chart[]) =>
    list.length > 0 &&
    html`<h3>${title}</h3>
      <div class="charts">${list.map(figure)}</div> `;
  return section(
    "curves",
    "Curves",
    "Thin lines are single seeds, bold lines their median. Drag to zoom, double-click to see all.",
    [switches, group("Metrics", metrics), group("Losses and scores", terms)],
  );
}
