/**
 * @file Reads a sweep file: YAML or JSON in the shape that users of W&B know.
 *
 * Never throws but for {@link parseSpec}; every problem has a line and a column.
 */
import { GanError, suggest, type SearchRange, type SearchSpace } from "@gan-arena/core/base";
import { badSpec } from "../errors.js";
import { PRUNERS } from "../pruners/index.js";
import { SAMPLERS } from "../samplers/index.js";
import { readBlocks, type Block, type ReadSpace } from "../space/read.js";
import { check, type Definition, type Definitions, type Path, type Problem } from "../space/schema.js";
import type { PrunerFactory, SamplerFactory } from "../study/plugins.js";
import { readDocument, type PlacedProblem, type ReadDocument } from "./document.js";
import { readPlugin } from "./plugin.js";
import { HINTS, specSchema, type SpecFile } from "./schema.js";
import type { Objective } from "../runner/contract.js";
import type { NamedSettings, SweepSpec } from "./spec.js";

/** What exists here. A list that is left out is not checked against. */
export interface SpecContext {
  /** Variants with the ranges that they propose. */
  readonly variants?: Readonly<Record<string, SearchSpace>>;
  readonly datasets?: readonly string[];
  /** Metrics with what is better. */
  readonly metrics?: Readonly<Record<string, "lower" | "higher">>;
  readonly executors?: readonly string[];
  readonly engines?: readonly string[];
  /** Known beside our own. */
  readonly samplers?: readonly SamplerFactory[];
  readonly pruners?: readonly PrunerFactory[];
}

export interface CheckedSpec {
  /** Undefined when there are problems. */
  readonly spec?: SweepSpec;
  readonly problems: readonly PlacedProblem[];
  /** What is allowed and probably not meant. */
  readonly warnings: readonly PlacedProblem[];
}

/** @param file named in messages @throws GanError BAD_CONFIG `[file:line:column place] …` for the first problem */
export function parseSpec(text: string, file: string, context: SpecContext = {}): SweepSpec {
  const { spec, problems } = checkSpec(text, context);
  const [first] = problems;
  if (spec && !first) return spec;
  throw badSpec(
    file,
    first ?? { path: [], line: 1, column: 1, message: "it is refused without a reason" },
    problems.length - 1,
  );
}

/** All problems of a sweep file, those of keys first, then in the order of its lines. Never throws. */
export function checkSpec(text: string, context: SpecContext = {}): CheckedSpec {
  const document = readDocument(text);
  if (document.problems.length > 0) return { problems: document.problems, warnings: [] };
  try {
    return checkDocument(document, context);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return placed(document, [{ path: [], message: "it is nested too deep; flatten it" }], []);
  }
}

function checkDocument(document: ReadDocument, context: SpecContext): CheckedSpec {
  const checked = check(specSchema, document.value ?? {});
  if (!checked.value) return placed(document, checked.problems.map(hinted), []);
  const reader = new SpecReader(checked.value, document, context);
  const spec = reader.read();
  const { problems, warnings } = reader;
  return { ...(problems.length === 0 ? { spec } : {}), ...placed(document, problems, warnings) };
}

/** Nobody reads more at once. */
const MOST_PROBLEMS = 100;

function placed(document: ReadDocument, problems: readonly Problem[], warnings: readonly Problem[]) {
  // A mistyped key first: that another one is missing follows from it.
  const byLine = (a: PlacedProblem, b: PlacedProblem) =>
    Number(b.atKey ?? false) - Number(a.atKey ?? false) || a.line - b.line || a.column - b.column;
  return {
    problems: problems
      .slice(0, MOST_PROBLEMS)
      .map((problem) => document.locate(problem))
      .sort(byLine),
    warnings: warnings.map((problem) => document.locate(problem)).sort(byLine),
  };
}

function hinted(problem: Problem): Problem {
  const hint = problem.path.length === 1 && problem.atKey ? HINTS[String(problem.path[0])] : undefined;
  return hint === undefined ? problem : { ...problem, message: `there is no setting "${problem.path[0]}"; ${hint}` };
}

/** Settings that a spec has as they stand in the file. */
const AS_WRITTEN = [
  "name",
  "description",
  "dataset",
  "batch",
  "engine",
  "provider",
  "measureLowerings",
  "workers",
  "threads",
] as const satisfies readonly (keyof SpecFile & keyof SweepSpec)[];

const picked = <T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> =>
  Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;

/** Objectives that every run has, beside its metrics. */
const COSTS: Readonly<Record<string, "lower">> = { seconds: "lower", gradientEvaluations: "lower", kimg: "lower" };

class SpecReader {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];

  constructor(
    private readonly file: SpecFile,
    private readonly document: ReadDocument,
    private readonly context: SpecContext,
  ) {}

  read(): SweepSpec {
    const { file } = this;
    const objectives = this.objectives();
    const { space, places } = this.space();
    const sampler = this.sampler();
    const pruner = this.pruner(objectives);
    this.known(["dataset"], file.dataset, "data set", this.context.datasets);
    this.known(["engine"], file.engine, "engine", this.context.engines && ["auto", ...this.context.engines]);
    file.metrics?.forEach((metric, i) => this.known(["metrics", i], metric, "metric", this.metricNames));
    const size = this.size(sampler, space, places);
    const trials = this.trials(size, sampler.name);
    return {
      objectives,
      space,
      sampler,
      pruner,
      variants: file.variants ?? [],
      seeds: this.seeds(),
      seed: file.seed ?? 0,
      data: file.data ?? {},
      metrics: file.metrics ?? [],
      executor: this.executor(),
      ...defined({ ...picked(file, AS_WRITTEN), ...file.budget, trials, size }),
    };
  }

  private get metricNames(): string[] | undefined {
    return this.context.metrics && [...Object.keys(this.context.metrics), ...Object.keys(COSTS)];
  }

  private objectives(): Objective[] {
    const { metric } = this.file;
    const list = Array.isArray(metric) ? metric : [metric];
    return list.map(({ name, goal, target }, i) => {
      const path = Array.isArray(metric) ? ["metric", i, "name"] : ["metric", "name"];
      this.known(path, name, "metric", this.metricNames);
      if (list.findIndex((other) => other.name === name) < i)
        this.problem(path, `each objective must be listed once, got "${name}" twice; remove one`);
      const better = this.context.metrics?.[name] ?? COSTS[name];
      return { name, goal: goal ?? (better === "higher" ? "maximize" : "minimize"), ...defined({ target }) };
    });
  }

  private space(): ReadSpace {
    const { variants, spaces = {} } = this.file;
    const names = variants ?? [];
    names.forEach((variant, i) => {
      this.known(["variants", i], variant, "variant", this.context.variants && Object.keys(this.context.variants));
      if (names.indexOf(variant) < i)
        this.problem(["variants", i], `each variant must be listed once, got "${variant}" twice; remove one`);
    });
    for (const variant of Object.keys(spaces))
      if (!names.includes(variant))
        this.problem(
          ["spaces", variant],
          `there is no "${variant}" among the variants of this sweep; ${suggest(variant, names)}`,
          true,
        );
    const read = readBlocks(this.blocks(names), { isFraction: (path) => this.document.isFraction(path) });
    this.problems.push(...read.problems);
    this.warnings.push(...read.warnings);
    if (read.problems.length === 0 && read.space.parameters.length === 0)
      this.problem([], "there is nothing to search; add parameters or variants");
    return read;
  }

  /** The axis of variants, the parameters of all, then those of each variant, which take the place of the general ones. */
  private blocks(variants: readonly string[]): Block[] {
    const { parameters = {}, spaces = {} } = this.file;
    const own = new Map(variants.map((variant) => [variant, this.ownSpace(variant)] as const));
    const blocks: Block[] = [];
    if (variants.length > 0) {
      if (Object.hasOwn(parameters, "variant"))
        this.problem(["parameters", "variant"], "the variants are listed under variants; remove it here", true);
      blocks.push({ path: ["variants"], definitions: { variant: { values: [...new Set(variants)] } } });
    }
    for (const [key, definition] of Object.entries(parameters)) {
      if (key === "variant" && variants.length > 0) continue;
      const others = variants.filter((variant) => !Object.hasOwn(own.get(variant) ?? {}, key));
      const when = others.length === variants.length ? [] : [{ parent: "variant", values: others }];
      if (variants.length === 0 || others.length > 0)
        blocks.push({ path: ["parameters"], definitions: { [key]: definition }, when });
    }
    for (const [variant, definitions] of own)
      blocks.push({
        path: spaces[variant] === undefined ? ["variants", variants.indexOf(variant)] : ["spaces", variant],
        definitions,
        when: [{ parent: "variant", values: [variant] }],
      });
    return blocks;
  }

  /** What the file says of this variant; what the variant proposes, when it is asked for or nothing else is said. */
  private ownSpace(variant: string): Definitions {
    const { parameters, spaces = {} } = this.file;
    const own = Object.hasOwn(spaces, variant) ? spaces[variant] : parameters === undefined ? "default" : {};
    if (own !== "default") return own;
    return Object.fromEntries(
      Object.entries(this.context.variants?.[variant] ?? {}).map(([path, range]) => [path, definitionOf(range)]),
    );
  }

  private sampler() {
    const { value, problems } = readPlugin(this.file.method, [...(this.context.samplers ?? []), ...SAMPLERS], {
      kind: "sampler",
      path: ["method"],
    });
    this.problems.push(...problems);
    return value ?? fallback(SAMPLERS, "random");
  }

  private pruner(objectives: readonly Objective[]) {
    const { early_terminate: chosen } = this.file;
    const { value, problems } = readPlugin(chosen ?? "none", [...(this.context.pruners ?? []), ...PRUNERS], {
      kind: "pruner",
      path: ["early_terminate"],
    });
    this.problems.push(...problems);
    if (value && value.name !== "none" && objectives.length > 1)
      this.problem(
        ["early_terminate"],
        `a pruner looks at one objective, got ${objectives.length}; leave early_terminate out`,
      );
    return value ?? fallback(PRUNERS, "none");
  }

  private size(
    sampler: SweepSpec["sampler"],
    space: SweepSpec["space"],
    places: ReadonlyMap<string, Path>,
  ): number | undefined {
    if (this.problems.length > 0) return undefined;
    try {
      return sampler.size?.(space);
    } catch (error) {
      if (!(error instanceof GanError)) throw error;
      const [, where = "", message = error.message] = /^\[(?:parameters\.)?(.*?)\] (.*)$/su.exec(error.message) ?? [];
      this.problem(places.get(where) ?? ["method"], message);
      return undefined;
    }
  }

  private trials(size: number | undefined, method: string): number | undefined {
    const { run_cap: cap, budget } = this.file;
    if (cap !== undefined && size !== undefined) return Math.min(cap, size);
    if (cap === undefined && size === undefined && budget?.hours === undefined && this.problems.length === 0)
      this.problem(
        ["method"],
        `${method} search has no end of its own; add run_cap, for example run_cap: 50, or budget.hours`,
      );
    return cap ?? size;
  }

  private seeds(): number[] {
    const { seeds = 1 } = this.file;
    if (typeof seeds === "number") return Array.from({ length: seeds }, (_, i) => i);
    const twice = seeds.findIndex((seed, i) => seeds.indexOf(seed) < i);
    if (twice >= 0)
      this.problem(["seeds", twice], `each seed must be listed once, got ${seeds[twice]} twice; remove one`);
    return seeds;
  }

  private executor(): NamedSettings {
    const { executor = "local" } = this.file;
    const { type, ...settings } = typeof executor === "string" ? { type: executor } : executor;
    const path = typeof executor === "string" ? ["executor"] : ["executor", "type"];
    this.known(path, type, "executor", this.context.executors);
    return { name: type, settings };
  }

  private known(path: Path, name: string | undefined, kind: string, known: readonly string[] | undefined): void {
    if (name === undefined || !known || known.includes(name)) return;
    this.problem(path, `there is no ${kind} "${name}"; ${suggest(name, known)}`);
  }

  private problem(path: Path, message: string, atKey = false): void {
    this.problems.push({ path, message, ...(atKey ? { atKey } : {}) });
  }
}

function fallback<T>(
  known: readonly { readonly name: string; create(options: Record<string, unknown>): T }[],
  name: string,
): T {
  const found = known.find((plugin) => plugin.name === name);
  if (!found) throw new RangeError(`no ${name}`);
  return found.create({});
}

function definitionOf(range: SearchRange): Definition {
  if (range.kind === "choice") return { values: [...range.values] };
  const { min, max } = range;
  const names = { logUniform: "log_uniform_values", uniform: "uniform", intUniform: "int_uniform" } as const;
  return { distribution: names[range.kind], min, max };
}

/** Without the keys whose value is undefined. */
const defined = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
