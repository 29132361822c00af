/** @file Sweeps that a batch system plays: every trial is known in advance, and its task leaves a journal of its own. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { badConfig, GanError, suggest } from "@gan-arena/core/base";
import {
  Journal,
  readJournal,
  renderKubernetes,
  renderSlurm,
  TrialPlayer,
  type EndState,
  type JournalRecord,
  type Rendered,
  type RenderRequest,
  type RunnerObserver,
  type Suggester,
  type SweepStop,
  type TrialView,
} from "@gan-arena/sweep";
import { newSweepId, SweepStore, type StoredSweep } from "@gan-arena/tracking";
import type { Outcome } from "../command.js";
import type { Context } from "../context.js";
import { EXIT_CODES } from "../runs/signals.js";
import { formatNumber, plural } from "../terminal/format.js";
import { concludeSweep } from "./conclude.js";
import { sweepDocument } from "./document.js";
import { playOptions, recordOf, storedOptions, type PlayOptions } from "./options.js";
import { planWords, RETRY_DELAY, runSettings, seedsOf, withExecutor } from "./play.js";
import { checkSweep, sampleTrials, type CheckedSweep, type SweepFile } from "./spec.js";
import { conclusionText } from "./text.js";

const RENDERERS = { kubernetes: renderKubernetes, slurm: renderSlurm } as const;
type Target = keyof typeof RENDERERS;

/** @throws GanError BAD_CONFIG, UNKNOWN_NAME */
export function targetOf(name: string | undefined): Target {
  const known = Object.keys(RENDERERS);
  if (name === undefined) throw badConfig("sweep render", `--to is missing; add --to ${known.join(" or --to ")}`);
  if (!Object.hasOwn(RENDERERS, name))
    throw new GanError(
      "UNKNOWN_NAME",
      `[sweep render --to] there is no batch system "${name}"; ${suggest(name, known)}`,
    );
  return name as Target;
}

type RenderWords = Omit<RenderRequest, "sweepId" | "trials" | "cpus"> & {
  readonly source: SweepFile;
  readonly name: string;
  readonly target: Target;
  readonly cpus?: number;
};

/** @throws GanError BAD_CONFIG when the trials depend on each other's results */
export async function writeRendered(context: Context, request: RenderWords) {
  const { source, target, name } = request;
  const store = SweepStore.open(context.home);
  const checked = await checkSweep(context, source);
  const { spec } = checked;
  if (!spec.sampler.oblivious)
    throw badConfig(
      source.file,
      `${spec.sampler.name} looks at results before it suggests, so its trials cannot be written down in advance; ` +
        "use method: grid, random or sobol, or play it with: gan-arena sweep",
    );
  const options: PlayOptions = { ...playOptions(context, checked, {}), executor: "local", workers: 1 };
  if (options.trials === undefined)
    throw badConfig(source.file, "it has no number of trials; add run_cap, for example run_cap: 50");
  const stored = await store.create(recordOf(newSweepId(spec.name ?? name), source, options));
  const trials = await writeTrials(stored, checked, options.trials);
  const rendered: Rendered = RENDERERS[target]({
    ...request,
    sweepId: stored.id,
    trials,
    cpus: request.cpus ?? options.threads,
  });
  const files: string[] = [];
  for (const file of rendered.files) files.push(await store.write(stored.id, file.name, file.text));
  const pruned =
    spec.pruner.name === "none" ? [] : [`note: ${spec.pruner.name} does nothing here, for no trial sees the others`];
  const lines = [
    ...pruned,
    `sweep ${stored.id}: ${plural(trials, "trial")} for ${target}`,
    ...files.map((file) => `  ${file}`),
    `start it with: cd ${stored.directory} && ${rendered.submit.join(" && ")}`,
    `then:          ${context.commandLine(`sweep collect ${stored.id}`)}`,
  ];
  return { document: { sweep: stored.id, target, trials, files, submit: rendered.submit }, lines };
}

/** All trials, in the journal, before the first task starts. @returns how many */
async function writeTrials(stored: StoredSweep, checked: CheckedSweep, count: number): Promise<number> {
  const all = sampleTrials({ ...checked.spec, trials: count }, count);
  const journal = await Journal.open(stored.journalFile);
  try {
    await Promise.all(
      all.map((params, trial) => journal.append({ kind: "trial", trial, params, seeds: seedsOf(checked, trial) })),
    );
  } finally {
    await journal.close();
  }
  return all.length;
}

const taskFile = ({ directory }: StoredSweep, number: number): string =>
  join(directory, "trials", `${String(number).padStart(6, "0")}.jsonl`);

/** Never again: see the exit codes of the contract. */
const DO_NOT_RETRY = 42;
const TRY_AGAIN = 75;

/** Plays trial `word` to its end and leaves its journal. @returns 0, or 42 when it failed for good; 75 to try again */
export async function playOneTrial(context: Context, id: string, word: string): Promise<Outcome> {
  const store = SweepStore.open(context.home);
  const stored = store.get(id);
  const { source, options } = storedOptions(stored);
  const { state } = await readJournal(stored.journalFile);
  const number = /^\d+$/u.test(word) ? Number(word) : Number.NaN;
  const view = state.trials.get(number);
  if (!view)
    throw badConfig(stored.id, `there is no trial ${word} in it; give a number from 0 to ${state.trials.size - 1}`);
  const plugins = options.plugins.map((specifier) => ({ specifier, base: process.cwd() }));
  const checked = await checkSweep(context, source, plugins);
  await mkdir(join(stored.directory, "trials"), { recursive: true });
  const lock = await store.lock(stored.id, `trial-${number}`);
  try {
    const journal = await Journal.open(taskFile(stored, number));
    try {
      const { trials } = journal.state;
      if (!trials.has(number))
        await journal.append({ kind: "trial", trial: number, params: view.params, seeds: view.seeds });
      if (trials.get(number)?.state === "open") await playTask({ context, stored, checked, options, journal, number });
      return taskOutcome(trials.get(number));
    } finally {
      await journal.close();
    }
  } catch (error) {
    // Another task may free the disk or let go of the lock: the batch system tries again.
    if (error instanceof GanError && (error.code === "NO_SPACE" || error.code === "NOT_WRITABLE")) {
      context.output.note(`error: ${error.message}`);
      return { document: { error: { code: error.code, message: error.message } }, exitCode: TRY_AGAIN };
    }
    throw error;
  } finally {
    await lock.release();
  }
}

function taskOutcome(view: TrialView | undefined): Outcome {
  if (!view || view.state === "open")
    return { document: { trial: view?.number ?? null, state: "open" }, exitCode: EXIT_CODES.SIGTERM };
  const { number, state, values, message } = view;
  return {
    document: { trial: number, state, values, ...(message === undefined ? {} : { message }) },
    text: `trial ${number}: ${state === "complete" ? values.map(formatNumber).join("  ") : `${state}: ${message ?? ""}`}`,
    exitCode: state === "failed" ? DO_NOT_RETRY : 0,
  };
}

interface Task {
  readonly context: Context;
  readonly stored: StoredSweep;
  readonly checked: CheckedSweep;
  readonly options: PlayOptions;
  readonly journal: Journal;
  readonly number: number;
}

async function playTask({ context, stored, checked, options, journal, number }: Task): Promise<void> {
  const settings = runSettings(checked);
  await withExecutor({ context, stored, checked, options }, async (session, { jobs, signal, ...around }) => {
    const observer: RunnerObserver = {
      trial: () => undefined,
      progress: () => undefined,
      note: (text) => around.note(text),
    };
    await new TrialPlayer(
      {
        sweepId: stored.id,
        journal,
        study: ALONE,
        session,
        executor: options.executor,
        observer,
        objectives: checked.spec.objectives,
        threads: options.threads,
        retries: options.retries,
        retryDelay: RETRY_DELAY,
        signal,
        plan: (run) => ({
          kimg: checked.kimg,
          words: planWords(settings, run, { sweepId: stored.id, threads: options.threads }),
        }),
        onJob: (job) => void jobs.add(job),
      },
      number,
    ).play();
    return (signal.aborted ? "interrupted" : "done") satisfies SweepStop;
  });
}

/** A task sees no other trial: there is nothing to suggest or to prune by. */
const ALONE: Suggester = {
  suggest: () => Promise.resolve(undefined),
  begin: () => undefined,
  report: () => undefined,
  shouldPrune: () => false,
  exploits: () => undefined,
  end: () => undefined,
  reopen: () => undefined,
};

const ENDED: ReadonlySet<string> = new Set<EndState>(["complete", "pruned", "failed"]);

/** Takes over what the tasks have finished; what was taken over before is left as it is. */
export async function collectTrials(context: Context, id: string): Promise<Outcome> {
  const store = SweepStore.open(context.home);
  const stored = store.get(id);
  const { source, options } = storedOptions(stored);
  const lock = await store.lock(stored.id);
  let collected = 0;
  try {
    const journal = await Journal.open(stored.journalFile);
    try {
      for (const { number, state } of journal.state.trials.values()) {
        const file = taskFile(stored, number);
        if (ENDED.has(state) || !existsSync(file)) continue;
        const task = await readJournal(file);
        if (!ENDED.has(task.state.trials.get(number)?.state ?? "open")) continue;
        await Promise.all(task.records.filter(isResult).map((record) => journal.append(record)));
        collected++;
      }
    } finally {
      await journal.close();
    }
  } finally {
    await lock.release();
  }
  const plugins = options.plugins.map((specifier) => ({ specifier, base: process.cwd() }));
  const checked = await checkSweep(context, source, plugins);
  const conclusion = await concludeSweep(context, { store, stored, checked });
  return {
    document: { collected, ...sweepDocument(conclusion, context) },
    text: `collected ${plural(collected, "trial")}\n\n${conclusionText(conclusion, context)}`,
  };
}

/** Trials are in the sweep's journal already, and who played them does not matter any more. */
const isResult = ({ kind }: JournalRecord): boolean => kind === "report" || kind === "run" || kind === "end";
