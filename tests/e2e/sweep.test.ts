/** @file Sweeps as a user plays them: played, resumed, refused, shown, rendered. Most trials are stubs; some are real. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { arena, arenaJson, COMMAND, start, suiteFolder, temporaryFolder } from "../support/command.js";
import { ROOT } from "../support/repository.js";

interface Trial {
  readonly number: number;
  readonly state: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly values: readonly number[];
  readonly seedValues: readonly number[];
  readonly seeds: readonly number[];
  readonly runs: readonly string[];
  readonly message?: string;
}
interface Sweep {
  readonly sweep: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly trials: readonly Trial[];
  readonly ranking: readonly number[];
  readonly best: { readonly trial: number; readonly command: string } | null;
  readonly stop: string | null;
  readonly report: string;
}

const STUB = ["--plugin", join(ROOT, "tests", "e2e", "plugins", "stub-executor.js"), "--executor", "stub"];

/** @param head the lines of the method and its limit */
const stubSpec = (head: string): string => `${head}
metric: { name: swd-points2k }
variants: [gan]
parameters:
  lr: { distribution: log_uniform_values, min: 1.0e-5, max: 1.0e-2 }
  beta1: { min: 0.0, max: 0.9 }
dataset: ring
budget: { kimg: 4 }
`;

const GRID = `method: grid
metric: { name: swd-points2k }
variants: [gan]
parameters:
  lr: { values: [0.0001, 0.001, 0.01] }
  beta1: { values: [0, 0.5] }
seeds: [0, 1, 5]
dataset: ring
budget: { kimg: 4 }
`;

function specFile(folder: string, text: string): string {
  const file = join(folder, "sweep.yaml");
  writeFileSync(file, text);
  return file;
}

const facts = ({ trials }: Sweep) =>
  trials.map(({ number, state, params, values, seedValues, seeds }) => ({
    number,
    state,
    params,
    values,
    seedValues,
    seeds,
  }));

describe("one worker or four: the same trials, seeds and results", () => {
  it.each([
    ["grid", GRID, 6],
    ["random", stubSpec("method: random\nrun_cap: 12"), 12],
    ["sobol", stubSpec("method: sobol\nrun_cap: 12"), 12],
  ])("%s", async (_method, text, trials) => {
    const folder = temporaryFolder();
    const file = specFile(folder, text);
    const play = (workers: number) =>
      arenaJson<Sweep>(["sweep", file, ...STUB, "--workers", `${workers}`, "--home", join(folder, `${workers}`)], {
        env: { STUB_MS: "40" },
      });
    const [one, four] = [await play(1), await play(4)];
    expect(one.trials.length).toBe(trials);
    expect(one.counts["complete"]).toBe(trials);
    expect(facts(four)).toEqual(facts(one));
    expect(four.ranking).toEqual(one.ranking);
  });
});

describe("a grid over seeds", () => {
  const folder = suiteFolder();
  let sweep: Sweep;
  beforeAll(async () => {
    sweep = await arenaJson<Sweep>(["sweep", specFile(folder, GRID), ...STUB, "--home", folder]);
  });

  it("plays every point once, with every seed, and judges it by the median", () => {
    expect(sweep.trials.length).toBe(6);
    expect(new Set(sweep.trials.map(({ params }) => JSON.stringify(params))).size).toBe(6);
    for (const { seeds, seedValues, values } of sweep.trials) {
      expect(seeds).toEqual([0, 1, 5]);
      expect(values).toEqual([[...seedValues].sort((a, b) => a - b)[1]]);
    }
    // The stub is best at lr = 1e-3 and beta1 = 0.5.
    expect(sweep.trials[sweep.best?.trial ?? -1]?.params).toMatchObject({ lr: 0.001, beta1: 0.5 });
    expect(sweep.best?.command).toMatch(
      /^gan-arena train gan --dataset ring --kimg 4 --seed 0 .*--set lr=0\.001 --set beta1=0\.5/u,
    );
  });

  it("leaves a report that opens from disk and loads nothing", () => {
    const page = readFileSync(sweep.report, "utf8");
    expect(page).toContain("Parallel coordinates");
    expect(page).not.toMatch(/<script|<link|src=/u);
  });

  it("is shown again, and listed", async () => {
    const { code, stdout } = await arena([
      "sweep",
      "show",
      sweep.sweep.slice(0, 15),
      ...STUB.slice(0, 2),
      "--home",
      folder,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/swd-points2k \(lower is better\)\nplace +trial +swd-points2k \(median\) +over seeds/u);
    expect(stdout).toContain(`train the best again:\n  ${sweep.best?.command}`);
    const list = await arenaJson<{ sweep: string; complete: number }[]>(["sweep", "list", "--home", folder]);
    expect(list).toEqual([expect.objectContaining({ sweep: sweep.sweep, complete: 6, playedBy: null })]);
  });

  it("has nothing more to play: resume plays nothing, and says so by its journal", async () => {
    const log = join(folder, "again.log");
    await arenaJson<Sweep>(["sweep", "resume", sweep.sweep, "--home", folder], { env: { STUB_LOG: log } });
    expect(existsSync(log)).toBe(false);
  });
});

it("a second runner is refused with a clear sentence, and looking on is not", async () => {
  const home = temporaryFolder();
  const file = specFile(home, stubSpec("method: random\nrun_cap: 3"));
  const { child, ended } = start(
    process.execPath,
    [COMMAND, "sweep", file, ...STUB, "--workers", "1", "--home", home],
    {
      env: { STUB_MS: "4000" },
    },
  );
  const sweeps = join(home, "sweeps");
  const id = () => (existsSync(sweeps) ? readdirSync(sweeps)[0] : undefined);
  while (!id() || !existsSync(join(sweeps, id() ?? "", "journal.jsonl")))
    await new Promise((resolve) => setTimeout(resolve, 20));
  const second = await arena(["sweep", "resume", id() ?? "", "--home", home]);
  expect(second.code).toBe(2);
  expect(second.stderr).toMatch(
    /error: \[\S+-sweep-\S+\] the sweep is being played by process \d+ since .*; wait for it or stop it/u,
  );
  const shown = await arena(["sweep", "show", id() ?? "", "--home", home]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/being played by process \d+/u);

  child.kill("SIGINT");
  expect((await ended).code).toBe(130);
  const lines = readFileSync(join(sweeps, id() ?? "", "journal.jsonl"), "utf8");
  expect(lines).not.toContain('"kind":"end"');
  const after = await arenaJson<Sweep>(["sweep", "resume", id() ?? "", "--home", home]);
  expect(after.counts).toMatchObject({ complete: 3, open: 0 });
});

it("more trials can be added, and they are those that a longer sweep would have had", async () => {
  const folder = temporaryFolder();
  const short = specFile(folder, stubSpec("method: random\nrun_cap: 3"));
  const first = await arenaJson<Sweep>(["sweep", short, ...STUB, "--home", folder]);
  const more = await arenaJson<Sweep>(["sweep", "resume", first.sweep, "--trials", "4", "--home", folder]);
  const long = await arenaJson<Sweep>(["sweep", short, ...STUB, "--trials", "7", "--home", join(folder, "long")]);
  expect(more.trials.length).toBe(7);
  expect(facts(more)).toEqual(facts(long));
});

describe("trials that fail", () => {
  const failing = (home: string, more: string[] = [], env: Record<string, string> = {}) =>
    arenaJson<Sweep>(["sweep", ...more, "--home", home], { env: { STUB_FAIL: "1:NaN,3:exit2,4:crash", ...env } });

  it("are recorded with their reason, are no scores, and exactly they are played again when that is asked for", async () => {
    const home = temporaryFolder();
    const file = specFile(home, stubSpec("method: random\nrun_cap: 6"));
    const first = await failing(home, [file, ...STUB, "--retries", "1"]);
    expect(first.trials.map(({ state }) => state)).toEqual([
      "complete",
      "failed",
      "complete",
      "failed",
      "failed",
      "complete",
    ]);
    expect(first.trials[1]?.message).toBe("swd-points2k is not a number");
    expect(first.trials[3]?.message).toBe("[stub] no such setting");
    expect(first.trials[4]?.message).toMatch(/^it crashed 2 times: its process ended with SIGSEGV/u);
    expect(first.ranking.length).toBe(3);

    const log = join(home, "retry.log");
    const again = await failing(home, ["resume", first.sweep, "--retry-failed"], { STUB_FAIL: "", STUB_LOG: log });
    expect(again.counts).toMatchObject({ complete: 6, failed: 0 });
    const played = readFileSync(log, "utf8")
      .split("\n")
      .flatMap((line) => /^begin \S+-t000(\d)-/u.exec(line)?.[1] ?? []);
    expect(played.sort()).toEqual(["1", "3", "4"]);
    const undisturbed = await arenaJson<Sweep>(["sweep", file, ...STUB, "--home", join(home, "undisturbed")]);
    expect(facts(again)).toEqual(facts(undisturbed));
  });
});

describe("bad input: one sentence, exit code 2, nothing played", () => {
  const home = suiteFolder();
  it.each([
    ["no file", "", ["sweep", "nowhere.yaml"], /\[sweep nowhere\.yaml\] there is no such file/u],
    [
      "an unknown metric",
      GRID.replace("swd-points2k", "swd-point2k"),
      [],
      /\[sweep\.yaml:2:\d+ metric\.name\] .*did you mean "swd-points2k"/u,
    ],
    [
      "a setting that the variant has not",
      GRID.replace("beta1:", "betta1:"),
      [],
      /\[sweep\.yaml:6 gan betta1\] there is no setting "betta1"; did you mean "beta1"/u,
    ],
    ["a value out of bounds", GRID.replace("0.0001,", "-1,"), [], /\[sweep\.yaml:5 gan lr\] expected /u],
    ["an unknown executor", GRID, ["--executor", "rai"], /there is no executor "rai"; did you mean "ray"/u],
    [
      "no variant",
      GRID.replace("variants: [gan]\n", ""),
      [],
      /\[sweep\.yaml\] no variant is named; add for example variants/u,
    ],
    [
      "a data set of another kind",
      GRID.replace("dataset: ring", "dataset: mnist"),
      [],
      /\[sweep\.yaml \S+ swd-points2k\] it cannot judge mnist/u,
    ],
  ])("%s", async (_what, text, words, message) => {
    const file = specFile(home, text);
    const { code, stderr } = await arena([
      ...(words[0] === "sweep" ? words : ["sweep", file, ...words]),
      "--home",
      home,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBe(1);
    expect(existsSync(join(home, "runs"))).toBe(false);
  });
});

it("check says how many trials, shows some, and estimates the cost", async () => {
  const folder = temporaryFolder();
  const { code, stdout } = await arena(["sweep", "check", specFile(folder, GRID), "--home", folder]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /points: +6\ntrials: +6\ncost: +18 runs, 72 kimg at most; no run of the kind is in the store yet/u,
  );
  expect(stdout).toMatch(/\n +0 +variant gan/u);
  expect(readdirSync(folder)).toEqual(["sweep.yaml"]);
});

describe("a sweep of real trials", () => {
  const text = `method: grid
metric: [{ name: swd-points2k }, { name: seconds }]
variants: [gan]
spaces:
  gan:
    lr: { values: [0.0005, 0.002] }
    hidden: 8
seeds: [0, 1]
dataset: ring
budget: { kimg: 0.64 }
batch: 32
threads: 1
`;
  const folder = suiteFolder();

  it("has one run in the store for each trial and seed, and its values are those of the runs", async () => {
    const sweep = await arenaJson<Sweep>(["sweep", specFile(folder, text), "--workers", "2", "--home", folder]);
    expect(sweep.counts).toMatchObject({ complete: 2 });
    for (const trial of sweep.trials) {
      const scores = [];
      for (const run of trial.runs)
        scores.push(
          (await arenaJson<{ metrics: Record<string, number> }>(["runs", "show", run, "--home", folder])).metrics[
            "swd-points2k"
          ],
        );
      expect(trial.seedValues).toEqual(scores);
      expect(trial.values[0]).toBeCloseTo(((scores[0] ?? NaN) + (scores[1] ?? NaN)) / 2, 12);
    }
    // The command that is given for the best trial comes to the same score.
    const words = sweep.best?.command.split(" ").slice(1) ?? [];
    const best = sweep.trials.find(({ number }) => number === sweep.best?.trial);
    const again = await arenaJson<{ metrics: Record<string, number> }>([...words, "--threads", "1"]);
    expect(again.metrics["swd-points2k"]).toBe(best?.seedValues[0]);
  });

  it("rendered for a batch system, its tasks come to the same, and are gathered", async () => {
    const home = join(folder, "batch");
    const one = text.replace(/metric:.*/u, "metric: { name: swd-points2k }");
    const { sweep: id, files } = await arenaJson<{ sweep: string; files: string[] }>([
      "sweep",
      "render",
      specFile(folder, one),
      "--to",
      "slurm",
      "--home",
      home,
    ]);
    expect(readFileSync(files[0] ?? "", "utf8")).toContain("#SBATCH --array=0-1%2");
    const task = (number: string) => arena(["sweep", "trial", id, number, "--home", home]);
    expect((await task("1")).code).toBe(0);
    expect((await task("7")).stderr).toMatch(/there is no trial 7 in it; give a number from 0 to 1/u);
    const half = await arenaJson<Sweep & { collected: number }>(["sweep", "collect", id, "--home", home]);
    expect([half.collected, half.counts["complete"], half.counts["open"]]).toEqual([1, 1, 1]);
    expect((await task("0")).code).toBe(0);
    const whole = await arenaJson<Sweep & { collected: number }>(["sweep", "collect", id, "--home", home]);
    expect([whole.collected, whole.counts["complete"]]).toEqual([1, 2]);
    const played = await arenaJson<Sweep>(["sweep", specFile(folder, one), "--home", join(folder, "played")]);
    expect(facts(whole)).toEqual(facts(played));
  });

  it("is not rendered when its trials depend on each other's results", async () => {
    const { code, stderr } = await arena([
      "sweep",
      "render",
      specFile(folder, stubSpec("method: tpe\nrun_cap: 5")),
      "--to",
      "kubernetes",
      "--home",
      folder,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /\[sweep\.yaml\] tpe looks at results before it suggests, so its trials cannot be written down in advance/u,
    );
  });
});

/** Numbers of processes whose command line names this sweep. */
const processesOf = (sweep: string): string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/u.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`--run-id\0${sweep}`);
    } catch {
      return false;
    }
  });

describe.runIf(process.platform === "linux")(
  "whatever ends the runner, no process is left behind, and nothing is lost",
  () => {
    it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("%s", async (signal) => {
      const home = temporaryFolder();
      const file = specFile(
        home,
        "method: grid\nmetric: { name: swd-points2k }\nvariants: [gan]\nspaces: { gan: { lr: { values: [0.001, 0.002] } } }\n" +
          "dataset: ring\nbudget: { kimg: 20000 }\nthreads: 1\n",
      );
      const { child, ended } = start(process.execPath, [COMMAND, "sweep", file, "--workers", "2", "--home", home]);
      const runs = join(home, "runs");
      while (!existsSync(runs) || readdirSync(runs).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
      const [id = ""] = readdirSync(join(home, "sweeps"));
      expect(processesOf(id).length).toBe(2);
      child.kill(signal);
      const { code, stdout } = await ended;
      expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGKILL: null }[signal]);
      const advice = new RegExp(signal === "SIGKILL" ? "^$" : `go on with: gan-arena sweep resume ${id}`, "u");
      expect(stdout).toMatch(advice);
      // A killed runner cannot wait for its trials: they notice, and end by themselves.
      while (processesOf(id).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
      for (const run of readdirSync(runs)) {
        const { status, checkpoints } = await arenaJson<{ status: string; checkpoints: unknown[] }>([
          "runs",
          "show",
          run,
          "--home",
          home,
        ]);
        expect(status).toBe("interrupted");
        expect(checkpoints.length).toBeGreaterThan(0);
      }
      const shown = await arenaJson<Sweep>(["sweep", "show", id, "--home", home]);
      expect(shown.counts).toMatchObject({ open: 2, failed: 0 });
    });
  },
);
