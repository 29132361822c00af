/** @file The main job: two variants side by side on real digits, one JSON document, a report that needs no server. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { arena, arenaJson, COMMAND, start, suiteFolder, temporaryFolder } from "../support/command.js";
import { readPng } from "../support/png.js";
import { ROOT } from "../support/repository.js";

interface Cell {
  readonly variant: string;
  readonly seed: number;
  readonly status: string;
  readonly kimg: number;
  readonly gradientEvaluations: number;
  readonly seconds: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly runId: string;
}

interface Comparison {
  readonly comparison: string;
  readonly cells: readonly Cell[];
  readonly ranking: readonly {
    readonly metric: string;
    readonly variant: string;
    readonly place: number;
    readonly median: number;
  }[];
  readonly verdicts: readonly string[];
  readonly report: string;
  readonly picture: string;
}

const SMALL =
  "--kimg 0.1 --batch 8 --set filters=4 --set zDim=8 --metrics swd-pixels2k --metric-kimg 1 --picture-kimg 0.1".split(
    " ",
  );
describe("compare gan and dcgan on mnist", () => {
  const home = suiteFolder();
  let document: Comparison;
  beforeAll(async () => {
    document = await arenaJson<Comparison>([
      "compare",
      "--variants",
      "gan,dcgan",
      "--dataset",
      "mnist",
      "--seeds",
      "0,1",
      ...SMALL,
      "--home",
      home,
    ]);
  });

  it("has one cell for each variant and seed, with the promised fields and no others", () => {
    expect(document.cells.map(({ variant, seed }) => `${variant} ${seed}`).sort((a, b) => a.localeCompare(b))).toEqual([
      "dcgan 0",
      "dcgan 1",
      "gan 0",
      "gan 1",
    ]);
    const fields = ["variant", "seed", "status", "kimg", "gradientEvaluations", "seconds", "metrics", "runId"];
    for (const cell of document.cells) {
      expect(new Set(Object.keys(cell))).toEqual(new Set(fields));
      // 0.1 kimg in batches of 8 are 12.5 rounds, so 13: 0.104 kimg and 26 gradients, the same for all.
      expect(cell).toMatchObject({ status: "finished", kimg: 0.104, gradientEvaluations: 26 });
      expect(Object.keys(cell.metrics)).toEqual(["swd-pixels2k"]);
      expect(cell.metrics["swd-pixels2k"]).toBeGreaterThan(0);
      expect(cell.seconds).toBeGreaterThan(0);
    }
  });

  it("ranks by the median over the seeds, and says how sure that is", () => {
    expect(document.ranking.map(({ place }) => place)).toEqual([1, 2]);
    for (const { metric, variant, median } of document.ranking) {
      const scores = document.cells
        .filter((cell) => cell.variant === variant)
        .map((cell) => cell.metrics[metric] ?? NaN);
      expect(median).toBeCloseTo(((scores[0] ?? NaN) + (scores[1] ?? NaN)) / 2, 12);
    }
    expect(document.ranking[0]?.median).toBeLessThanOrEqual(document.ranking[1]?.median ?? NaN);
    expect(document.verdicts).toEqual([expect.stringMatching(/swd-pixels2k.*not significant/u)]);
  });

  it("leaves a report that loads nothing from elsewhere", () => {
    const html = readFileSync(document.report, "utf8");
    expect(basename(document.report)).toBe("report.html");
    const markup = html.replaceAll(/<(script|style)\b([^>]*)>[\s\S]*?<\/\1>/giu, "<$1$2>");
    const targets = [...markup.matchAll(/\s(?:src|href|action|poster|data)\s*=\s*["']?([^"'\s>]+)/giu)].map(
      ([, target = ""]) => target,
    );
    expect(targets.filter((target) => !/^(data:|#)/u.test(target))).toEqual([]);
    // Types in comments name modules.
    const code = html.replaceAll(/\/\*[\s\S]*?\*\//gu, "");
    expect([
      ...code.matchAll(/url\(\s*["']?(?!data:|#)[^)]*\)|@import\b|\bfetch\(|XMLHttpRequest|\bimport\(/gu),
    ]).toEqual([]);
    // Curves, sample grids side by side and the table: of every cell, and the real digits.
    for (const { runId, seed, variant } of document.cells) {
      expect(html).toContain(runId);
      expect(html).toContain(variant);
      expect(html).toContain(String(seed));
    }
    expect(targets.filter((target) => target.startsWith("data:image/png;base64,")).length).toBeGreaterThanOrEqual(5);
    for (const verdict of document.verdicts) expect(html).toContain(verdict.split(":")[0]);
  });

  it("leaves one picture with the samples of all cells", () => {
    const { width, height, distinct } = readPng(document.picture);
    expect(Math.min(width, height)).toBeGreaterThan(3 * 28);
    expect(distinct).toBeGreaterThan(32);
  });

  it("a cell is a run like any other: trained alone with the same seed it has the same score to the last digit", async () => {
    const cell = document.cells.find(({ variant, seed }) => variant === "dcgan" && seed === 1);
    const log = readFileSync(join(home, "runs", cell?.runId ?? "", "run.json"), "utf8");
    const { engine } = JSON.parse(log) as { engine: { threads: number } };
    const alone = await arenaJson<Cell>([
      "train",
      "dcgan",
      "--dataset",
      "mnist",
      "--seed",
      "1",
      ...SMALL,
      "--threads",
      String(engine.threads),
      "--home",
      temporaryFolder(),
    ]);
    expect(alone.metrics).toEqual(cell?.metrics);
  });

  it("report makes the same page again from the runs", async () => {
    const again = await arenaJson<Comparison>(["report", document.comparison, "--home", home]);
    expect(again.cells).toEqual(document.cells);
    expect(again.ranking).toEqual(document.ranking);
  });
});

it("prints nothing but the document on stdout, and the table for people without --json", async () => {
  const home = temporaryFolder();
  const words = [
    "compare",
    "--variants",
    "gan",
    "--dataset",
    "ring",
    "--seeds",
    "0,1",
    "--kimg",
    "0.32",
    "--batch",
    "32",
    "--metrics",
    "modes2500",
    "--home",
    home,
  ];
  const { code, stdout, stderr } = await arena([...words, "--jobs", "2", "--threads", "64"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/note: 2 runs at a time with 64 threads each want more than the \d+ cores of this machine/u);
  for (const text of ["variant", "gan", "finished", "modes2500", "report.html"]) expect(stdout).toContain(text);
  expect(stdout).not.toContain("{");
});

it("a cell that fails is told apart: the others finish, the exit code is 2, the ranking names the seed", async () => {
  const home = temporaryFolder();
  const plugin = join(ROOT, "tests", "e2e", "plugins", "odd-variant.js");
  const words = [
    "compare",
    "--variants",
    "gan,odd",
    "--dataset",
    "ring",
    "--seeds",
    "0",
    "--kimg",
    "0.32",
    "--batch",
    "32",
    "--metrics",
    "modes2500",
  ];
  const { code, stdout } = await arena([
    ...words,
    "--plugin",
    plugin,
    "--set",
    "odd:fault=term-nan",
    "--json",
    "--home",
    home,
  ]);
  const { cells, ranking } = JSON.parse(stdout) as Comparison;
  expect(code).toBe(2);
  expect(cells).toMatchObject([
    { variant: "gan", status: "finished" },
    { variant: "odd", status: "failed", message: expect.stringContaining("got NaN") as string },
  ]);
  expect(ranking).toMatchObject([
    { variant: "gan", place: 1 },
    { variant: "odd", failedSeeds: [0], median: null },
  ]);
});

it.runIf(process.platform !== "win32")(
  "an interrupted comparison stops with checkpoints and goes on with --resume, to what it would have been",
  async () => {
    // 6,250 rounds of a small network a run: some seconds, so that there is something to interrupt.
    const words =
      "compare --variants gan --dataset ring --seeds 0,1 --kimg 400 --batch 64 --set hidden=8 --jobs 2 --threads 1".split(
        " ",
      );
    const metrics = ["--metrics", "modes2500", "--metric-kimg", "1000"];
    const whole = await arenaJson<Comparison>([...words, ...metrics, "--home", temporaryFolder()]);

    const home = temporaryFolder();
    const { child, ended } = start(process.execPath, [COMMAND, ...words, ...metrics, "--json", "--home", home]);
    // Both runs are on their way when both have a folder with events.
    const runs = join(home, "runs");
    const underWay = (): boolean =>
      existsSync(runs) && readdirSync(runs).filter((run) => existsSync(join(runs, run, "events.jsonl"))).length === 2;
    const timer = setInterval(() => underWay() && child.kill("SIGINT") && clearInterval(timer), 50);
    const { code, stdout } = await ended;
    clearInterval(timer);
    const stopped = JSON.parse(stdout) as Comparison;
    expect({ code, cells: stopped.cells.map(({ status }) => status) }).toEqual({
      code: 130,
      cells: ["interrupted", "interrupted"],
    });

    const resumed = await arenaJson<Comparison>(["compare", "--resume", stopped.comparison, "--home", home]);
    const facts = ({ cells }: Comparison) => cells.map(({ seconds: _seconds, runId: _runId, ...fact }) => fact);
    expect(facts(resumed)).toEqual(facts(whole));
    expect(resumed.cells.map(({ runId }) => runId)).toEqual(stopped.cells.map(({ runId }) => runId));
  },
);
