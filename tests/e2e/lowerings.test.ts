/** @file Measured lowerings from the command line: one table for all runs, recorded with each, used again on resume. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  arena,
  arenaJson,
  COMMAND,
  start,
  suiteFolder,
  temporaryFolder,
  type TrainDocument,
} from "../support/command.js";

const words = (kimg: number): string[] =>
  `train dcgan --dataset mnist --kimg ${kimg} --batch 32 --set filters=16 --threads 1 --metrics swd-pixels2k --metric-kimg 99 --picture-kimg 99 --measure-lowerings`.split(
    " ",
  );

const table = (cache: string): string => {
  const [file, ...others] = readdirSync(cache);
  expect(others).toEqual([]);
  return join(cache, file);
};
const choicesOf = ({ directory }: { directory: string }): Record<string, string> =>
  (JSON.parse(readFileSync(join(directory, "run.json"), "utf8")) as { engine: { choices: Record<string, string> } })
    .engine.choices;

describe("--measure-lowerings", () => {
  const [cache, home] = [suiteFolder(), suiteFolder()];
  const env = { GAN_ARENA_CACHE: cache };

  it("two processes at once make one table, and the same bits", async () => {
    const runs = await Promise.all(
      [0, 1].map(() => arenaJson<TrainDocument>([...words(0.064), "--home", home], { env })),
    );
    const [first, second] = runs;
    expect(choicesOf(second)).toEqual(choicesOf(first));
    expect(second.weightsSha256).toBe(first.weightsSha256);
    const third = await arena([...words(0.064), "--home", home, "--json"], { env });
    expect(third.stderr).not.toContain("timing the lowerings");
    expect((JSON.parse(third.stdout) as TrainDocument).weightsSha256).toBe(first.weightsSha256);
    const { checks } = await arenaJson<{ checks: { name: string; detail: string }[] }>(["doctor"], { env });
    const { detail } = checks.find(({ name }) => name === "lowerings") ?? { detail: "" };
    expect(detail).toMatch(/^.*lowerings-.*\.json, \d+ choices$/u);
    expect(detail).toContain(table(cache));
  });

  it("an interrupted run goes on with its own choices when the table is gone, to the same bits", async () => {
    // Whatever is fastest here, these runs take the standard kernels.
    const path = table(cache);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replaceAll(
        /: "(residues|cells|taps|blocked|few-outputs|seen-pixels|[a-z]+-c(?:olumns|hannels))"/gu,
        ': "standard"',
      ),
    );
    const whole = await arenaJson<TrainDocument>([...words(6), "--home", home], { env });
    expect(Object.values(choicesOf(whole))).toContain("standard");

    const other = temporaryFolder();
    const { child, ended } = start(process.execPath, [COMMAND, ...words(6), "--home", other], { env });
    const runs = join(other, "runs");
    const begun = (): boolean =>
      existsSync(runs) &&
      readdirSync(runs, { recursive: true, encoding: "utf8" }).some((file) => file.endsWith(".safetensors"));
    const timer = setInterval(() => begun() && child.kill("SIGINT") && clearInterval(timer), 20);
    const { code } = await ended;
    clearInterval(timer);
    expect(code).toBe(130);
    rmSync(path);
    const [runId] = readdirSync(runs);
    const resumed = await arenaJson<TrainDocument>(["resume", runId, "--home", other], { env });
    expect(choicesOf(resumed)).toEqual(choicesOf(whole));
    expect(resumed.weightsSha256).toBe(whole.weightsSha256);
    expect(existsSync(path)).toBe(false);
  });

  it("a sweep whose file asks for it measures once, and every run of it has that table", async () => {
    const [own, swept] = [temporaryFolder(), temporaryFolder()];
    const file = join(swept, "sweep.yaml");
    writeFileSync(
      file,
      `method: grid
metric: { name: swd-pixels2k }
variants: [dcgan]
parameters: { filters: { value: 16 }, lr: { values: [0.0001, 0.0002] } }
dataset: mnist
batch: 32
budget: { kimg: 0.064 }
threads: 1
workers: 2
measureLowerings: true
`,
    );
    await arenaJson(["sweep", file, "--home", swept], { env: { GAN_ARENA_CACHE: own } });
    const text = readFileSync(table(own), "utf8");
    const runs = readdirSync(join(swept, "runs")).map((run) => choicesOf({ directory: join(swept, "runs", run) }));
    expect(runs).toHaveLength(2);
    expect(runs[1]).toEqual(runs[0]);
    const missing = Object.entries(runs[0]).filter(
      ([name, choice]) => name !== "block" && !text.includes(`"${name}": "${choice}"`),
    );
    expect(missing).toEqual([]);
  });

  it("without it nothing is measured, and the record names no lowering", async () => {
    const [own, plain] = [temporaryFolder(), temporaryFolder()];
    const fixed = words(0.064).map((word) => (word === "--measure-lowerings" ? "--deterministic" : word));
    const run = await arenaJson<TrainDocument>([...fixed, "--home", plain], { env: { GAN_ARENA_CACHE: own } });
    expect(Object.keys(choicesOf(run))).toEqual(["block"]);
    expect(readdirSync(own)).toEqual([]);
  });
});
