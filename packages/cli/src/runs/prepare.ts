/** @file From what the user asked for to everything that the arena needs: names resolved, settings checked, defaults in. */
import {
  allOf,
  badConfig,
  DATASET,
  METRIC,
  named,
  TRACKER,
  VARIANT,
  type AnyVariant,
  type DependencyContainer,
  type Engine,
  type Metric,
  type OpenDataset,
  type RunOptions,
  type RunSpec,
  type TrackerFactory,
  type View,
} from "@gan-arena/core/base";
import type { Assignment } from "../config/assignment.js";
import { assignAll } from "../config/assignments.js";
import { parseWithSchema } from "../config/validate.js";
import type { Context } from "../context.js";
import { portable } from "../plugins/resolve.js";
import { version } from "../version.js";
import { makeEngine, type EngineChoice } from "./engine.js";
import { gitCommit, machineFacts } from "./machine.js";

export interface RunRequest {
  readonly variant: string;
  readonly dataset: string;
  readonly seed: number;
  readonly set: readonly Assignment[];
  readonly data: readonly Assignment[];
  readonly engine: EngineChoice;
  /** Every suitable one when left out. */
  readonly metrics?: readonly string[];
  readonly options: Partial<RunOptions>;
  readonly comparison?: string;
  /** Default: a fresh one. */
  readonly runId?: string;
}

/** A game that is ready to be opened. */
export interface PreparedRun {
  readonly spec: RunSpec;
  readonly variant: AnyVariant;
  readonly data: OpenDataset;
  readonly engine: Engine;
  readonly metrics: readonly Metric[];
  /** Those of plugins; they follow the run beside the store. */
  readonly trackers: readonly TrackerFactory[];
}

/** What is known of a run before an engine is made. */
export interface Plan {
  readonly variant: AnyVariant;
  readonly config: Readonly<Record<string, unknown>>;
  readonly datasetConfig: Readonly<Record<string, unknown>>;
  readonly data: OpenDataset;
  readonly metrics: readonly Metric[];
  readonly options: RunOptions;
}

/** Used when neither the user nor the variant names a budget: enough to see whether something learns. */
const DEFAULT_KIMG = 20;
const DEFAULT_BATCH = 64;

type PlanRequest = Omit<RunRequest, "seed" | "engine" | "comparison" | "runId">;

/** Resolves every name and checks every setting. @throws GanError UNKNOWN_NAME, BAD_CONFIG, MISSING_DEPENDENCY */
export async function planRun(context: Context, container: DependencyContainer, request: PlanRequest): Promise<Plan> {
  const variant = named(container, VARIANT, request.variant, "variant");
  const dataset = named(container, DATASET, request.dataset, "data set");
  const foreign = request.set.find(({ target }) => target !== undefined && target !== variant.name);
  if (foreign)
    throw badConfig(
      `--set ${foreign.target}:${foreign.path}`,
      `it is meant for "${foreign.target}", and this is ${variant.name}; leave "${foreign.target}:" out, or the whole setting`,
    );
  const config = assignAll(variant.config, request.set, "--set") as Record<string, unknown>;
  const datasetConfig = assignAll(dataset.config, request.data, "--data") as Record<string, unknown>;
  const data = await dataset.open(datasetConfig, openContext(context));
  const own = variant.defaults?.(config, data.train.spec) ?? {};
  return {
    variant,
    config,
    datasetConfig,
    data,
    metrics: chooseMetrics(container, { data, judged: variant.views(config, data.train.spec)[0] }, request.metrics),
    options: fillOptions(request.options, own),
  };
}

/** @throws GanError as {@link planRun} and `makeEngine` do */
export async function prepareRun(context: Context, request: RunRequest): Promise<PreparedRun> {
  const container = await context.compose(["variants", "datasets", "metrics", "engines"]);
  const plan = await planRun(context, container, request);
  const engine = await makeEngine(container, request.engine, noteTo(context));
  if (request.engine.measureLowerings === true) await tune(engine, plan);
  const { newRunId } = await import("@gan-arena/tracking");
  const spec: RunSpec = {
    formatVersion: 1,
    runId: request.runId ?? newRunId(plan.variant.name, request.dataset, request.seed),
    variant: plan.variant.name,
    config: plan.config,
    dataset: request.dataset,
    datasetConfig: plan.datasetConfig,
    dataFingerprint: plan.data.train.fingerprint,
    seed: request.seed,
    options: plan.options,
    metrics: plan.metrics.map((metric) => metric.name),
    engine: engine.info,
    plugins: context.plugins.map(portable),
    ...(request.comparison === undefined ? {} : { comparison: request.comparison }),
    createdAt: new Date().toISOString(),
    versions: { node: process.versions.node, "gan-arena": version(), ...engine.info.versions },
    machine: machineFacts(),
    ...commitOf(process.cwd()),
  };
  return {
    spec,
    variant: plan.variant,
    data: plan.data,
    engine,
    metrics: plan.metrics,
    trackers: allOf(container, TRACKER),
  };
}

/**
 * Everything that a recorded run was made of, for resume, sample and export.
 * @throws GanError BAD_CONFIG when what is installed now does not fit what the run says
 */
export async function reopenRun(context: Context, spec: RunSpec): Promise<PreparedRun> {
  const plugins = spec.plugins.map((specifier) => ({ specifier, base: process.cwd() }));
  const container = await context.compose(["variants", "datasets", "metrics", "engines"], plugins);
  const where = `run ${spec.runId}`;
  const variant = named(container, VARIANT, spec.variant, "variant");
  const dataset = named(container, DATASET, spec.dataset, "data set");
  const config = parseWithSchema(variant.config, spec.config, where);
  const data = await dataset.open(parseWithSchema(dataset.config, spec.datasetConfig, where), openContext(context));
  if (data.train.fingerprint !== spec.dataFingerprint)
    throw badConfig(
      where,
      `the data set "${spec.dataset}" is not the one the run was started with; install the version of gan-arena or of the plugin that the run used`,
    );
  const metrics = spec.metrics.map((name) => named(container, METRIC, name, "metric"));
  const { engine: name, threads, choices } = spec.engine;
  const made = { engine: name, threads, provider: choices["provider"] };
  const engine = await makeEngine(container, made, { ...noteTo(context), choices });
  const trackers = allOf(container, TRACKER);
  return { spec: { ...spec, config: config as Record<string, unknown> }, variant, data, engine, metrics, trackers };
}

const noteTo = ({ output }: Context) => ({ note: (text: string) => output.note(text) });
const openContext = (context: Context) => ({ home: context.home, ...noteTo(context) });

/** What an engine chooses by measuring it chooses before the run is recorded: the record names it, and resume takes it. */
async function tune(engine: Engine, { variant, config, data, options: { batchSize } }: Plan): Promise<void> {
  if (!engine.tune) return;
  const { openGame, phaseProgram } = await import("@gan-arena/core");
  const game = await openGame({ variant, config, data: data.train.spec, engine, batchSize });
  await engine.tune(game.phases.map((plan) => phaseProgram(game, plan)));
}

function chooseMetrics(
  container: DependencyContainer,
  { data, judged: view }: { readonly data: OpenDataset; readonly judged: View | undefined },
  names: readonly string[] | undefined,
): Metric[] {
  const judged = {
    train: data.train,
    ...(data.truth ? { truth: data.truth } : {}),
    ...(view?.translates ? { translates: view.translates } : {}),
  };
  if (names === undefined) return allOf(container, METRIC).filter((metric) => metric.unsuitable(judged) === undefined);
  return [...new Set(names)].map((name) => {
    const metric = named(container, METRIC, name, "metric");
    const reason = metric.unsuitable(judged);
    if (reason !== undefined)
      throw badConfig(`--metrics ${name}`, `it cannot judge ${data.train.spec.name}: ${reason}; leave it out`);
    return metric;
  });
}

/** Cadences follow the budget: about a hundred rows, ten checkpoints and pictures, five evaluations. */
function fillOptions(
  given: Partial<RunOptions>,
  own: { readonly kimg?: number; readonly batchSize?: number },
): RunOptions {
  const kimg = given.kimg ?? own.kimg ?? DEFAULT_KIMG;
  return {
    kimg,
    batchSize: given.batchSize ?? own.batchSize ?? DEFAULT_BATCH,
    logKimg: given.logKimg ?? kimg / 100,
    checkpointKimg: given.checkpointKimg ?? kimg / 10,
    pictureKimg: given.pictureKimg ?? kimg / 10,
    metricKimg: given.metricKimg ?? kimg / 5,
  };
}

function commitOf(folder: string): { gitCommit?: string } {
  const commit = gitCommit(folder);
  return commit === undefined ? {} : { gitCommit: commit };
}
