/**
 * @file Our samplers beside Optuna's on the same functions, and how long an ask takes. README.md says what is measured.
 *
 *     node benchmarks/sweep/run.mjs [--python python3] [--seeds 20] [--trials 100] [--ask-trials 10000] [--json]
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { positive } from "../lib/command.mjs";
import { describeMachine } from "../lib/machine.mjs";
import { askTimes } from "./ask-time.mjs";
import { FUNCTIONS } from "./functions.mjs";
import { play } from "./ours.mjs";

const SAMPLERS = ["random", "sobol", "tpe"];

const { values: given } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    seeds: { type: "string", default: "20" },
    trials: { type: "string", default: "100" },
    "ask-trials": { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
  },
});
const [seeds, trials, askTrials] = [
  positive("seeds", given.seeds),
  positive("trials", given.trials),
  positive("ask-trials", given["ask-trials"]),
];

function quantile(values, q) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  return sorted[below] + (sorted[Math.ceil(place)] - sorted[below]) * (place - below);
}

/** Median and quartiles of the regret after all trials, and the median after half of them. */
function summary(runs, optimum) {
  const regrets = (at) => runs.map((best) => best[at] - optimum);
  const end = regrets(trials - 1);
  return {
    half: quantile(regrets(Math.ceil(trials / 2) - 1), 0.5),
    median: quantile(end, 0.5),
    quartiles: [quantile(end, 0.25), quantile(end, 0.75)],
  };
}

async function ours(problem, sampler) {
  const runs = [];
  for (let seed = 0; seed < seeds; seed++) runs.push(await play(problem, sampler, seed, trials));
  return { who: `ours ${sampler}`, ...summary(runs, problem.optimum) };
}

/** @returns undefined when there is no Optuna in that Python */
async function optuna(sampler) {
  const script = fileURLToPath(new URL("optuna_peer.py", import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(given.python, [script, sampler, String(seeds), String(trials)], {
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(stdout);
  } catch (error) {
    console.error(
      `without Optuna: ${String(error.stderr || error.message)
        .trim()
        .split("\n")
        .at(-1)}; name a Python that has it with --python`,
    );
    return undefined;
  }
}

const peer = await optuna("tpe");
const rows = [];
for (const problem of FUNCTIONS) {
  for (const sampler of SAMPLERS) rows.push({ function: problem.name, ...(await ours(problem, sampler)) });
  if (peer)
    rows.push({
      function: problem.name,
      who: `optuna ${peer.version} tpe`,
      ...summary(peer.best[problem.name], problem.optimum),
    });
}
const times = await askTimes(askTrials);
const ends = (values) => ({ p50: quantile([...values], 0.5), p99: quantile([...values], 0.99) });
const ask = { trials: askTrials, wall: ends(times.wall), cpu: ends(times.cpu) };

if (given.json) console.log(JSON.stringify({ machine: describeMachine(), seeds, trials, rows, ask }, null, 2));
else {
  const digits = (value) => value.toPrecision(3);
  console.log(`${JSON.stringify(describeMachine())}\n`);
  console.log(
    `| function | sampler | regret@${Math.ceil(trials / 2)} | regret@${trials} (quartiles), median of ${seeds} seeds |`,
  );
  console.log("|---|---|---|---|");
  for (const row of rows)
    console.log(
      `| ${row.function} | ${row.who} | ${digits(row.half)} | ${digits(row.median)} (${row.quartiles.map(digits).join("-")}) |`,
    );
  console.log(
    `\nthe last 200 asks of ${askTrials} trials, ms: median ${digits(ask.wall.p50)}, p99 ${digits(ask.wall.p99)} by the clock, ` +
      `${digits(ask.cpu.p50)} and ${digits(ask.cpu.p99)} of processor`,
  );
}
