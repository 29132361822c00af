/** @file Ends a comparison: ranking, picture and report, made from what is in the store. May be done again at any time. */
import { DATASET, fromLogged, named, type Picture } from "@gan-arena/core/base";
import type { ReportCell, ReportInput } from "@gan-arena/studio";
import type { ComparisonSpec, ComparisonStore, Run, RunStore } from "@gan-arena/tracking";
import { parseWithSchema } from "../config/validate.js";
import type { Context } from "../context.js";
import { decodePicture, encodePicture } from "../pictures/png.js";
import { sideBySide, type Panel } from "../pictures/side-by-side.js";
import { formatNumber, plural } from "../terminal/format.js";
import type { Conclusion } from "./document.js";
import { cellOptions } from "./plan.js";
import { rankCells, readCells, type CellResult } from "./results.js";

interface Source {
  readonly runs: RunStore;
  readonly comparisons: ComparisonStore;
  /** Adds what is not in the store. */
  readonly amend?: (cells: readonly CellResult[]) => readonly CellResult[];
}

/** Writes `report.html` and `samples.png` into the comparison's folder. @throws GanError NO_SPACE, NOT_WRITABLE */
export async function conclude(context: Context, spec: ComparisonSpec, source: Source): Promise<Conclusion> {
  const { runs, comparisons, amend = (cells: readonly CellResult[]) => cells } = source;
  const cells = amend(await readCells(spec, runs));
  const rankings = await rankCells(spec, cells);
  const real = await realSamples(context, spec);
  const { SUMMARY_FILE } = await import("@gan-arena/tracking");
  const { summaryOf } = await import("./summary.js");
  const { renderReport, verdictOf } = await import("@gan-arena/studio");
  const verdicts = rankings.map((ranking) => verdictOf(ranking).text);
  const conclusion: Conclusion = { spec, cells, rankings, verdicts };
  const picture = await samplePicture(cells, real);
  const page = renderReport(await reportInput(conclusion, real, context));
  const summary = summaryOf(conclusion);
  await comparisons.write(spec.comparisonId, SUMMARY_FILE, `${JSON.stringify(summary, undefined, 2)}\n`);
  return {
    ...conclusion,
    ...(picture ? { picture: await comparisons.write(spec.comparisonId, "samples.png", encodePicture(picture)) } : {}),
    report: await comparisons.write(spec.comparisonId, "report.html", page),
  };
}

/** As many real samples as there are generated ones in a run's picture, drawn the same way. */
async function realSamples(context: Context, spec: ComparisonSpec): Promise<Picture> {
  const plugins = cellOptions(spec).plugins.map((specifier) => ({ specifier, base: process.cwd() }));
  const container = await context.compose(["datasets"], plugins);
  const dataset = named(container, DATASET, spec.dataset, "data set");
  const config = parseWithSchema(dataset.config, spec.datasetConfig, `comparison ${spec.comparisonId}`);
  const { test } = await dataset.open(config, { home: context.home });
  const { pictureOf } = await import("@gan-arena/core");
  const batch = test.batch({ seed: 0, position: 0 }, test.spec.points ? 2000 : 64)["x"];
  if (!batch) throw new Error(`the data set ${spec.dataset} serves no field x`);
  return pictureOf(batch);
}

/** The newest picture of every cell, one column a variant, and the real samples at the end. */
async function samplePicture(cells: readonly CellResult[], real: Picture): Promise<Picture | undefined> {
  const panels: Panel[] = [];
  for (const { run, summary, variant, seed } of cells) {
    const file = summary?.images.at(-1)?.file;
    const png = run && file !== undefined ? await readPicture(run, file) : undefined;
    if (png) panels.push({ column: variant, row: `seed ${seed}`, picture: decodePicture(png) });
  }
  const [first] = panels;
  return first ? sideBySide([...panels, { column: "real", row: first.row, picture: real }]) : undefined;
}

/** A picture that somebody removed is missing from the report; the results are not lost by it. */
const readPicture = (run: Run, file: string): Promise<Uint8Array | undefined> => run.read(file).catch(() => undefined);

async function reportInput(
  { spec, cells, rankings }: Conclusion,
  real: Picture,
  context: Context,
): Promise<ReportInput> {
  const { pngDataUri } = await import("@gan-arena/studio");
  const played = cells.filter((cell) => cell.run !== undefined);
  const machine = played[0]?.run?.spec.machine ?? {};
  const engine = played[0]?.run?.spec.engine;
  return {
    title: `${spec.variants.join(", ")} on ${spec.dataset}`,
    dataset: spec.dataset,
    budget: `${formatNumber(spec.kimg)} kimg per run, ${plural(spec.seeds.length, "seed")}`,
    machine: { ...machine, ...(engine ? { engine: engine.engine, threads: engine.threads, ...engine.versions } : {}) },
    generatedAt: new Date().toISOString(),
    cells: await Promise.all(played.map(reportCell)),
    rankings,
    realSamples: pngDataUri(encodePicture(real)),
    command: context.commandLine(againWords(spec)),
    notes: deviationsOf(cells),
  };
}

async function reportCell({ variant, seed, run, summary, status, events, message }: CellResult): Promise<ReportCell> {
  if (!run || !summary || status === "waiting") throw new Error(`cell ${variant}/${seed} has no run`);
  const { curvesOf } = await import("@gan-arena/tracking");
  const { pngDataUri } = await import("@gan-arena/studio");
  const images = await Promise.all(
    summary.images.map(async ({ kimg, file }) => ({ kimg, png: await readPicture(run, file) })),
  );
  return {
    variant,
    seed,
    runId: run.id,
    status,
    ...(message === undefined ? {} : { message }),
    kimg: summary.kimg,
    gradientEvaluations: summary.gradientEvaluations,
    seconds: summary.seconds,
    metrics: Object.fromEntries(
      Object.entries(summary.metrics).map(([name, event]) => [name, fromLogged(event.value)]),
    ),
    curves: curvesOf(events),
    imageHistory: images.flatMap(({ kimg, png }) => (png ? [{ kimg, png: pngDataUri(png) }] : [])),
  };
}

/** Cells that are not finished are in no ranking: the report says so. */
const deviationsOf = (cells: readonly CellResult[]): string[] =>
  cells
    .filter(({ status }) => status !== "finished")
    .map(
      ({ variant, seed, status, message }) =>
        `${variant} with seed ${seed} is ${status}${message ? `: ${message}` : ""}`,
    );

const againWords = ({ variants, dataset, seeds, kimg }: ComparisonSpec): string =>
  `compare --variants ${variants.join(",")} --dataset ${dataset} --seeds ${seeds.join(",")} --kimg ${kimg}`;
