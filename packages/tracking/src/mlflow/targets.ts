/** @file What is sent as one: a comparison or a sweep with all its runs, or a run that belongs to none. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { GanError } from "@gan-arena/core/base";
import { ComparisonStore } from "../comparisons.js";
import { resolveId } from "../ids.js";
import { RunStore } from "../run-store.js";
import type { Run } from "../run.js";
import { SweepStore } from "../sweeps.js";
import { readSummary, type Summary } from "./summary.js";
import { flattened } from "./translate.js";

/** The run above those of a comparison or sweep. */
export interface Parent {
  readonly name: string;
  /** One line of Markdown: what is compared. */
  readonly title: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly summary: Summary | undefined;
  /** Of the runs that the comparison is going to have; undefined when it is not known. */
  readonly expected: number | undefined;
  /** A process plays it now. */
  readonly played: boolean;
  readonly directory: string;
  /** Files of the folder that are sent, as far as they are there. */
  readonly files: readonly string[];
  /** In thousand images: the step of the picture of all samples. */
  readonly kimg: number | undefined;
}

export interface Target {
  /** Of the comparison, sweep or run. */
  readonly id: string;
  readonly experiment: string;
  readonly createdAt: number;
  readonly parent?: Parent;
  readonly members: readonly { readonly run: Run; readonly name: string }[];
}

/** Everything in a home that can be sent. What cannot change is read once, so a look costs little more than a listing. */
export class TargetIndex {
  readonly #runs: RunStore;
  readonly #comparisons: ComparisonStore;
  readonly #sweeps: SweepStore;
  readonly #known = new Map<string, Run>();

  constructor(home: string) {
    this.#runs = RunStore.open(home, { readOnly: true });
    this.#comparisons = ComparisonStore.open(home, { readOnly: true });
    this.#sweeps = SweepStore.open(home, { readOnly: true });
  }

  /** Ids of all targets, newest first. */
  ids(): string[] {
    this.#look();
    const groups = [...this.#comparisons.list(), ...this.#sweeps.list()].map(({ id }) => id);
    const inGroups = new Set(groups);
    const single = [...this.#known.values()].filter(({ spec }) => !inGroups.has(spec.comparison ?? ""));
    return [...groups, ...single.map(({ id }) => id)].sort().reverse();
  }

  /** @param word a target's name, or a run's of a comparison or sweep, or the start of one @throws GanError UNKNOWN_NAME */
  resolve(word: string): string {
    const targets = this.ids();
    const all = new Set([...targets, ...this.#known.keys()]);
    const id = resolveId("run", word, [...all].sort().reverse());
    return targets.includes(id) ? id : (this.#known.get(id)?.spec.comparison ?? id);
  }

  /** The target as it is now; undefined when it is gone. */
  get(id: string): Target | undefined {
    this.#look();
    const single = this.#known.get(id);
    if (single && existsSync(single.directory)) return runTarget(single);
    const members = [...this.#known.values()].filter(
      ({ spec, directory }) => spec.comparison === id && existsSync(directory),
    );
    return this.#comparison(id, members) ?? this.#sweep(id, members);
  }

  #look(): void {
    for (const run of this.#runs.others(this.#known)) this.#known.set(run.id, run);
  }

  #comparison(id: string, members: readonly Run[]): Target | undefined {
    const found = orNothing(() => this.#comparisons.get(id));
    if (found?.id !== id) return undefined;
    const { spec, directory } = found;
    const variants = spec.variants.join(", ");
    const seeds = spec.seeds.join(", ");
    const { cells, variants: _, seeds: __, ...rest } = spec;
    const order = (run: Run) =>
      cells.findIndex(({ variant, seed }) => variant === run.spec.variant && seed === run.spec.seed);
    return {
      id,
      experiment: id,
      createdAt: Date.parse(spec.createdAt),
      parent: {
        name: id,
        title: `**${variants}** on **${spec.dataset}**, ${spec.kimg} kimg each, seeds ${seeds}`,
        params: {
          variants,
          seeds,
          dataset: spec.dataset,
          kimg: String(spec.kimg),
          metrics: spec.metrics.join(", "),
          ...flattened("data", rest.datasetConfig),
          ...flattened("options", rest.options),
        },
        tags: { variants, dataset: spec.dataset, budget: `${spec.kimg} kimg`, "gan-arena.kind": "comparison" },
        summary: readSummary(directory),
        expected: cells.length,
        played: false,
        directory,
        files: ["comparison.json", "report.html", "samples.png"],
        kimg: spec.kimg,
      },
      members: [...members]
        .sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1))
        .map((run) => ({ run, name: `${run.spec.variant} seed ${run.spec.seed}` })),
    };
  }

  #sweep(id: string, members: readonly Run[]): Target | undefined {
    const found = orNothing(() => this.#sweeps.get(id));
    if (found?.id !== id) return undefined;
    const { record, directory, owner } = found;
    return {
      id,
      experiment: id,
      createdAt: Date.parse(record.createdAt),
      parent: {
        name: id,
        title: typeof record.spec["file"] === "string" ? `Sweep of ${record.spec["file"]}` : "A sweep",
        params: flattened("options", record.options),
        tags: { "gan-arena.kind": "sweep" },
        summary: readSummary(directory),
        expected: undefined,
        played: owner !== undefined,
        directory,
        files: ["sweep.json", "journal.jsonl", "report.html"],
        kimg: undefined,
      },
      members: [...members]
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .map((run) => ({ run, name: `trial ${trialOf(id, run)}, ${run.spec.variant} seed ${run.spec.seed}` })),
    };
  }
}

/** Runs on the same data can be compared, so they share an experiment. */
const runTarget = (run: Run): Target => ({
  id: run.id,
  experiment: `gan-arena ${run.spec.dataset}`,
  createdAt: Date.parse(run.spec.createdAt),
  members: [{ run, name: `${run.spec.variant} seed ${run.spec.seed}` }],
});

/** `…-t0007-s0` is trial 7; what follows, as in `-again1`, tells apart the runs that a trial has had. */
function trialOf(sweepId: string, run: Run): string {
  const [, number, again = ""] = /^-t(\d+)-s\d+(.*)$/u.exec(run.id.slice(sweepId.length)) ?? [];
  return number === undefined ? run.id : `${Number(number)}${again.replaceAll("-", " ")}`;
}

function orNothing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof GanError) return undefined;
    throw error;
  }
}

/** The path of a file of a parent, or undefined when it is not there (yet). */
export function fileOf({ directory }: Parent, name: string): string | undefined {
  const path = join(directory, name);
  return existsSync(path) ? path : undefined;
}
