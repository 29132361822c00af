import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "@gan-arena/core/base";
import { RunStore, type ComparisonSpec } from "@gan-arena/tracking";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOutput } from "../terminal/output.js";
import { boardLines, createBoard } from "./board.js";
import { afterEnd, afterMessage, type CellState } from "./cell-state.js";
import { documentOf } from "./document.js";
import { trainWords } from "./plan.js";
import { rankingTable } from "./ranking-text.js";
import { isFinal, rankCells, readCells } from "./results.js";
import { exitCodeOf } from "./run-comparison.js";

const waiting: CellState = { variant: "gan", seed: 0, status: "waiting", metrics: {} };
const progress = {
  round: 10,
  kimg: 5,
  totalKimg: 20,
  seconds: 2,
  kimgPerSecond: 2.5,
  terms: { "D/real": 0.6, "score/real": 1 },
};
const at = { time: 1, round: 10, kimg: 5, gradientEvaluations: 20, seconds: 2 };
const metric = (name: string, value: number | "NaN"): RunEvent => ({
  ...at,
  kind: "metric",
  name,
  protocol: `protocol of ${name}`,
  better: "lower",
  value,
  samples: 10,
  split: "test",
});

describe("the state of a cell", () => {
  test("follows the messages of its process", () => {
    const running = afterMessage(waiting, { kind: "run", runId: "r" });
    expect(running).toMatchObject({ status: "running", runId: "r" });
    const judged = afterMessage(afterMessage(running, { kind: "progress", ...progress }), metric("swd", 3));
    expect(judged).toMatchObject({ status: "running", metrics: { swd: 3 }, progress: { kimg: 5 } });
    const failed = afterMessage(judged, {
      kind: "error",
      code: "NOT_FINITE",
      message: "[gan/critic] NaN",
      exitCode: 2,
    });
    expect(failed).toMatchObject({ status: "failed", message: "[gan/critic] NaN", exitCode: 2, metrics: { swd: 3 } });
  });

  test.each([
    [
      "killed",
      { exitCode: null, signal: "SIGKILL", lastWords: "" },
      "the process ended with signal SIGKILL, without a word",
      1,
    ],
    [
      "exited",
      { exitCode: 2, signal: null, lastWords: "a\nerror: no luck\n" },
      "the process ended with exit code 2: no luck",
      2,
    ],
  ] as const)("when its process was %s says so", (_what, end, message, exitCode) => {
    expect(afterEnd({ ...waiting, status: "running" }, end, false)).toMatchObject({
      status: "failed",
      message,
      exitCode,
    });
  });

  test("is interrupted, not failed, when the comparison is stopped", () => {
    expect(afterEnd({ ...waiting, status: "running" }, { exitCode: 1, signal: null, lastWords: "" }, true).status).toBe(
      "interrupted",
    );
    expect(
      afterEnd({ ...waiting, status: "running" }, { exitCode: 130, signal: null, lastWords: "" }, false).status,
    ).toBe("interrupted");
  });

  test("stays finished whatever the process does afterwards", () => {
    const finished: CellState = { ...waiting, status: "finished" };
    expect(afterEnd(finished, { exitCode: 1, signal: null, lastWords: "" }, false)).toBe(finished);
  });
});

describe("the board", () => {
  const running: CellState = { ...waiting, status: "running", runId: "r", progress, metrics: { swd: 3 } };
  const failed: CellState = { ...waiting, seed: 1, status: "failed", message: "no luck" };

  test("has one row a cell: a quarter of 16 cells is 4, 15 kimg at 2.5 kimg/s are 6s", () => {
    expect(boardLines([running, failed], false)).toEqual([
      "variant  seed  status   progress          kimg  kimg/s  ETA  latest",
      "gan         0  running  ████············  5/20     2.5   6s  swd 3  D/real 0.6",
      "gan         1  failed                                        no luck",
    ]);
  });

  test("without a terminal writes a line for every change of status and one in ten seconds", () => {
    let now = 0;
    let text = "";
    const stream = { write: (line: string) => void (text += line) };
    const board = createBoard(createOutput({ stdout: stream, stderr: stream, env: {} }), () => now);
    board.update([], running);
    for (now = 0; now < 25_000; now += 1000) board.update([], running);
    board.update([], { ...running, status: "failed", message: "no luck" });
    expect(text.split("\n")).toEqual([
      "gan seed 0: running  5/20  2.5 kimg/s  ETA 6s  swd 3  D/real 0.6",
      "gan seed 0: running  5/20  2.5 kimg/s  ETA 6s  swd 3  D/real 0.6",
      "gan seed 0: running  5/20  2.5 kimg/s  ETA 6s  swd 3  D/real 0.6",
      "gan seed 0: failed  no luck",
      "",
    ]);
  });
});

const SPEC: ComparisonSpec = {
  formatVersion: 1,
  comparisonId: "c1",
  createdAt: "2026-01-01T00:00:00.000Z",
  variants: ["gan", "dcgan"],
  seeds: [0, 1],
  dataset: "ring",
  datasetConfig: {},
  kimg: 5,
  metrics: ["swd", "absent"],
  options: {
    set: [
      { path: "zDim", text: "8" },
      { target: "dcgan", path: "filters", text: "4" },
    ],
    data: [{ path: "modes", text: "3" }],
    engine: "auto",
    threads: 1,
    jobs: 2,
    options: { kimg: 5, batchSize: 16, logKimg: 1 },
    plugins: [],
  },
  cells: [
    { variant: "gan", seed: 0, runId: "r-gan-0" },
    { variant: "dcgan", seed: 0 },
    { variant: "gan", seed: 1 },
    { variant: "dcgan", seed: 1 },
  ],
};

test("a cell's process gets the budget, its own settings, and no one else's", () => {
  const words = trainWords(SPEC, { variant: "gan", seed: 1 }).join(" ");
  expect(words).toBe(
    "train gan --dataset ring --kimg 5 --seed 1 --engine auto --threads 1 --comparison c1 --deterministic " +
      "--metrics swd,absent --set zDim=8 --data modes=3 --batch 16 --log-kimg 1",
  );
  expect(trainWords(SPEC, { variant: "dcgan", seed: 1 }).join(" ")).toContain("--set zDim=8 --set filters=4");
  const measured = { ...SPEC, options: { ...SPEC.options, measureLowerings: true } };
  expect(trainWords(measured, { variant: "gan", seed: 1 })).toContain("--measure-lowerings");
});

describe("results", () => {
  let home: string;
  beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "gan-arena-compare-"))));
  afterEach(() => rmSync(home, { recursive: true }));

  interface Identity {
    readonly variant: string;
    readonly seed: number;
    readonly comparison?: string;
  }
  function writeRun(runId: string, { variant, seed, comparison = "c1" }: Identity, events: readonly RunEvent[]): void {
    const folder = join(home, "runs", runId);
    mkdirSync(folder, { recursive: true });
    const run = {
      formatVersion: 1,
      runId,
      variant,
      seed,
      comparison,
      dataset: "ring",
      createdAt: "",
      dataFingerprint: "",
      metrics: [],
      config: {},
      datasetConfig: {},
      options: {},
      engine: {},
      versions: {},
      machine: {},
    };
    writeFileSync(join(folder, "run.json"), JSON.stringify(run));
    writeFileSync(join(folder, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }
  const finished: RunEvent = { ...at, kind: "status", status: "finished" };

  beforeEach(() => {
    writeRun("r-gan-0", { variant: "gan", seed: 0 }, [metric("swd", 1), finished]);
    writeRun("r-dcgan-0", { variant: "dcgan", seed: 0 }, [metric("swd", 3), finished]);
    writeRun("r-gan-1", { variant: "gan", seed: 1 }, [
      metric("swd", 2),
      { ...at, kind: "status", status: "interrupted" },
    ]);
    writeRun("r-other", { variant: "dcgan", seed: 0, comparison: "c2" }, [metric("swd", 0), finished]);
    writeRun("r-dcgan-1", { variant: "dcgan", seed: 1 }, [
      { ...at, kind: "status", status: "failed", message: "[dcgan] NaN", code: "NOT_FINITE" },
    ]);
  });
  const read = () => readCells(SPEC, RunStore.open(home, { readOnly: true }));

  test("a run that names the comparison is found although the comparison does not name the run", async () => {
    const cells = await read();
    expect(cells.map(({ run, status }) => [run?.id, status])).toEqual([
      ["r-gan-0", "finished"],
      ["r-dcgan-0", "finished"],
      ["r-gan-1", "interrupted"],
      ["r-dcgan-1", "failed"],
    ]);
  });

  test("what is finished, or would fail again, is not played again", async () => {
    expect((await read()).map(isFinal)).toEqual([true, true, false, true]);
  });

  test("failed cells count against their variant, interrupted ones are left out; a metric without scores has no ranking", async () => {
    const [ranking, ...others] = await rankCells(SPEC, await read());
    expect(others).toEqual([]);
    expect(
      ranking?.rows.map(({ variant, median, seeds, failedSeeds }) => ({ variant, median, seeds, failedSeeds })),
    ).toEqual([
      { variant: "gan", median: 1, seeds: [0], failedSeeds: [] },
      { variant: "dcgan", median: 3, seeds: [0], failedSeeds: [1] },
    ]);
    expect(ranking && rankingTable(ranking).split("\n").slice(0, 4)).toEqual([
      "swd (lower is better)",
      "place  variant  median  min  max  95% of mean   seeds  against the best",
      "    1  gan           1    1    1  -                 1  best",
      "    2  dcgan         3    3    3  -            1 of 2  not significant (p = 1.0)",
    ]);
  });

  test("the document has every cell, and numbers or null", async () => {
    const cells = await read();
    const rankings = await rankCells(SPEC, cells);
    const document = documentOf({ spec: SPEC, cells, rankings, verdicts: ["v"], report: "/r.html" });
    expect(document).toMatchObject({
      comparison: "c1",
      dataset: "ring",
      budget: { kimg: 5 },
      report: "/r.html",
      picture: null,
    });
    expect(document.cells[0]).toEqual({
      variant: "gan",
      seed: 0,
      status: "finished",
      kimg: 5,
      gradientEvaluations: 20,
      seconds: 2,
      metrics: { swd: 1 },
      runId: "r-gan-0",
    });
    expect(document.cells[3]).toMatchObject({ status: "failed", message: "[dcgan] NaN", metrics: {} });
    expect(document.ranking[0]).toMatchObject({
      metric: "swd",
      place: 1,
      variant: "gan",
      median: 1,
      ci: null,
      p: null,
    });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  test("exit code: 0 when all finished, 2 when a failure is the user's, 1 when one is ours", async () => {
    const cells = await read();
    const done = cells.slice(0, 2);
    expect(exitCodeOf(done)).toBe(0);
    expect(exitCodeOf([...done, ...cells.slice(3)])).toBe(2);
    expect(exitCodeOf([...cells, { variant: "x", seed: 0, status: "failed", events: [], exitCode: 1 }])).toBe(1);
  });
});
