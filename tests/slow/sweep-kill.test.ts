/** @file The runner of a sweep killed again and again: exactly what is missing is played, and it comes to the same. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stream } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import { arenaJson, COMMAND, start, temporaryFolder } from "../support/command.js";
import { ROOT } from "../support/repository.js";

interface Trial {
  readonly number: number;
  readonly state: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly values: readonly number[];
  readonly seedValues: readonly number[];
}
interface Sweep {
  readonly sweep: string;
  readonly trials: readonly Trial[];
  readonly ranking: readonly number[];
}

const KILLS = 10;

/** Lines of the journal of the only sweep in the store. */
function journalLines(home: string): string[] {
  const sweeps = join(home, "sweeps");
  const [id] = existsSync(sweeps) ? readdirSync(sweeps) : [];
  const file = join(sweeps, id ?? "", "journal.jsonl");
  return id !== undefined && existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

interface Killing {
  readonly file: string;
  readonly home: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds from the first sign of life to the kill, at most. */
  readonly within: number;
  readonly seed: number;
}

/** kill -9 at random moments after trials are under way, then to the end. @returns the document and all the time it took */
async function killedSweep({ file, home, words, env, within, seed }: Killing) {
  const random = stream(seed, "kills");
  let seconds = 0;
  let kills = 0;
  for (; kills < KILLS; kills++) {
    const begun = performance.now();
    const [id] = existsSync(join(home, "sweeps")) ? readdirSync(join(home, "sweeps")) : [];
    const command = id === undefined ? ["sweep", file, ...words] : ["sweep", "resume", id];
    const { child, ended } = start(process.execPath, [COMMAND, ...command, "--home", home], { env });
    const before = journalLines(home).length;
    const over = () => child.exitCode !== null;
    while (!over() && journalLines(home).length <= before + 1) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, within * (random.uniform(kills, new Float32Array(1))[0] ?? 0)));
    child.kill("SIGKILL");
    await ended;
    seconds += (performance.now() - begun) / 1000;
    if (!child.killed || child.signalCode === null) break;
  }
  const begun = performance.now();
  const [id = ""] = readdirSync(join(home, "sweeps"));
  const document = await arenaJson<Sweep>(["sweep", "resume", id, "--home", home], { env });
  return { document, kills, seconds: seconds + (performance.now() - begun) / 1000 };
}

const facts = ({ trials }: Sweep) =>
  trials.map(({ number, state, params, values, seedValues }) => ({ number, state, params, values, seedValues }));

describe("kill -9 of the runner at 10 random moments", () => {
  it("stub trials, one worker, a sampler and a pruner that learn: the same suggestions, decisions and results", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "stub.yaml");
    writeFileSync(
      file,
      `method: tpe
metric: { name: swd-points2k }
variants: [gan]
parameters:
  lr: { distribution: log_uniform_values, min: 1e-5, max: 1e-2 }
  beta1: { min: 0.0, max: 0.9 }
early_terminate: { type: median, startup_trials: 10 }
dataset: ring
budget: { kimg: 4 }
run_cap: 60
`,
    );
    const plugin = join(ROOT, "tests", "e2e", "plugins", "stub-executor.js");
    const words = ["--plugin", plugin, "--executor", "stub", "--workers", "1"];
    const env = (log: string) => ({ STUB_MS: "1500", STUB_LOG: join(folder, log) });

    const begun = performance.now();
    const whole = await arenaJson<Sweep>(["sweep", file, ...words, "--home", join(folder, "whole")], {
      env: env("whole.log"),
    });
    const undisturbed = (performance.now() - begun) / 1000;
    const home = join(folder, "killed");
    const { document, kills, seconds } = await killedSweep({
      file,
      home,
      words,
      env: env("killed.log"),
      within: 5000,
      seed: 1,
    });

    expect(whole.trials.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(whole.trials.some(({ state }) => state === "pruned")).toBe(true);
    expect(facts(document)).toEqual(facts(whole));
    expect(document.ranking).toEqual(whole.ranking);
    // Every trial ended once; a job that was begun twice is one that a kill had cut off.
    const ends = journalLines(home).filter((line) => line.includes('"kind":"end"'));
    expect(ends.length).toBe(60);
    const begins = readFileSync(join(folder, "killed.log"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("begin"));
    expect(begins.length).toBeGreaterThan(60);
    expect(begins.length).toBeLessThanOrEqual(60 + KILLS);
    expect(new Set(begins.map((line) => line.split(" ")[1])).size).toBe(begins.length);
    expect(kills).toBe(KILLS);
    // Half of it is starting up, which a busy machine makes slower than the trials: on a quiet one the ratio is below 2.
    expect(seconds / undisturbed).toBeLessThan(3);
    console.log(`stub: ${undisturbed.toFixed(1)} s undisturbed, ${seconds.toFixed(1)} s with ${KILLS} kills`);
  });

  it("real trials on the ring, seeds and all: the same scores to the last bit", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "ring.yaml");
    writeFileSync(
      file,
      `method: random
metric: { name: swd-points2k }
variants: [gan]
spaces:
  gan:
    lr: { distribution: log_uniform_values, min: 1e-4, max: 1e-2 }
    loss: { values: [nonSaturating, minimax] }
seeds: [0, 1]
dataset: ring
budget: { kimg: 300 }
run_cap: 4
threads: 1
`,
    );
    const words = ["--workers", "2"];
    const begun = performance.now();
    const whole = await arenaJson<Sweep>(["sweep", file, ...words, "--home", join(folder, "whole")]);
    const undisturbed = (performance.now() - begun) / 1000;
    const home = join(folder, "killed");
    const { document, kills, seconds } = await killedSweep({ file, home, words, env: {}, within: 2000, seed: 2 });
    expect(whole.trials.length).toBe(4);
    expect(facts(document)).toEqual(facts(whole));
    // One run for each trial and seed: each was taken up where it stopped, none was begun again.
    expect(readdirSync(join(home, "runs")).length).toBe(8);
    expect(kills).toBe(KILLS);
    // Half of it is starting up, which a busy machine makes slower than the trials: on a quiet one the ratio is below 2.
    expect(seconds / undisturbed).toBeLessThan(3);
    console.log(`ring: ${undisturbed.toFixed(1)} s undisturbed, ${seconds.toFixed(1)} s with ${KILLS} kills`);
  });
});
