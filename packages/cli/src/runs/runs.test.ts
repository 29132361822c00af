import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContainer, ENGINE, type Engine, type EngineFactory } from "@gan-arena/core/base";
import { afterEach, describe, expect, test } from "vitest";
import { createOutput } from "../terminal/output.js";
import { makeEngine } from "./engine.js";
import { gitCommit } from "./machine.js";
import { lineObserver, personObserver } from "./observer.js";
import { summaryOf } from "./session.js";
import { listenForInterrupts, STOP } from "./signals.js";
import { trainingSettings } from "./training-options.js";

const given = {
  dataset: undefined,
  kimg: undefined,
  set: [],
  data: [],
  batch: undefined,
  engine: undefined,
  provider: undefined,
  measureLowerings: false,
  deterministic: false,
  metrics: undefined,
  logKimg: undefined,
  checkpointKimg: undefined,
  pictureKimg: undefined,
  metricKimg: undefined,
};

describe("training settings", () => {
  test("the command line comes before the config file; what nobody names is left to the variant", () => {
    const config = { plugins: [], engine: "cpu", defaults: { dataset: "ring", kimg: 5, batch: 8, metrics: ["a"] } };
    expect(trainingSettings("train", { ...given, kimg: 7, set: ["x=1"] }, config)).toEqual({
      dataset: "ring",
      set: [{ path: "x", text: "1" }],
      data: [],
      engine: "cpu",
      measureLowerings: false,
      metrics: ["a"],
      options: { kimg: 7, batchSize: 8 },
    });
    expect(trainingSettings("train", { ...given, dataset: "grid" }, { plugins: [], defaults: {} })).toEqual({
      dataset: "grid",
      set: [],
      data: [],
      engine: "auto",
      measureLowerings: false,
      options: {},
    });
  });
});

test.each([
  ["nothing is said", {}, undefined, false],
  ["the command line says so", { measureLowerings: true }, undefined, true],
  ["the config file says so", {}, true, true],
  ["the command line forbids what the config file says", { deterministic: true }, true, false],
  ["the command line says both", { measureLowerings: true, deterministic: true }, undefined, false],
])("lowerings are measured only when asked for: %s", (_what, said, configured, measured) => {
  const config = { plugins: [], defaults: {}, ...(configured === undefined ? {} : { measureLowerings: configured }) };
  const settings = trainingSettings("train", { ...given, dataset: "ring", ...said }, config);
  expect(settings.measureLowerings).toBe(measured);
});

describe("the engine", () => {
  const factory = (name: string, rank: number, reason?: string): EngineFactory => ({
    name,
    rank,
    summary: name,
    unavailable: () => Promise.resolve(reason),
    create: ({ threads }) => Promise.resolve({ name, info: { threads } } as unknown as Engine),
  });
  const container = (...factories: EngineFactory[]) => {
    const made = createContainer();
    for (const each of factories) made.register(ENGINE, { useValue: each });
    return made;
  };
  const all = container(factory("slow", 0), factory("fast", 10), factory("absent", 20, "it is not installed"));

  test("auto is the best one that can run", async () => {
    expect(await makeEngine(all, { engine: "auto", threads: 3 })).toMatchObject({ name: "fast", info: { threads: 3 } });
  });

  test("one that cannot run, and one that is not known, say why", async () => {
    await expect(makeEngine(all, { engine: "absent", threads: 0 })).rejects.toThrow(
      "[engine absent] cannot run here: it is not installed",
    );
    await expect(makeEngine(all, { engine: "fasst", threads: 0 })).rejects.toThrow(
      'there is no engine "fasst"; did you mean "fast"?',
    );
    await expect(makeEngine(container(factory("absent", 1, "why")), { engine: "auto", threads: 0 })).rejects.toThrow(
      "absent: why",
    );
  });
});

describe("signals", () => {
  const before = process.listenerCount("SIGINT");

  test("the first Ctrl-C asks for a stop and is remembered", () => {
    let told: string | undefined;
    const interrupts = listenForInterrupts({ onFirst: (interruption) => void (told = interruption) });
    expect(interrupts.received).toBeUndefined();
    process.emit("SIGINT");
    expect([interrupts.signal.aborted, interrupts.received, told]).toEqual([true, "SIGINT", "SIGINT"]);
    interrupts.dispose();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  test("a child leaves Ctrl-C to its parent, and stops when the parent says so", () => {
    const interrupts = listenForInterrupts({ child: true });
    process.emit("SIGINT");
    process.emit("SIGINT");
    expect(interrupts.signal.aborted).toBe(false);
    process.emit("message", STOP, undefined);
    expect([interrupts.signal.aborted, interrupts.received]).toEqual([true, "SIGINT"]);
    interrupts.dispose();
  });

  test("a child whose parent is gone stops", () => {
    const interrupts = listenForInterrupts({ child: true });
    process.emit("disconnect");
    expect(interrupts.received).toBe("SIGTERM");
    interrupts.dispose();
  });
});

describe("observers", () => {
  const screen = () => {
    const written = { stdout: "", stderr: "" };
    const stream = (name: "stdout" | "stderr") => ({ write: (text: string) => void (written[name] += text) });
    return {
      written,
      output: createOutput({ stdout: stream("stdout"), stderr: stream("stderr"), env: {} }),
    };
  };
  const at = { time: 1, round: 10, kimg: 5.126, gradientEvaluations: 20, seconds: 2 };
  const metric = (name: string, value: number | "NaN") =>
    ({ ...at, kind: "metric", name, protocol: "p", better: "lower", value, samples: 1, split: "test" }) as const;

  test("a process gets every event as a line of JSON", () => {
    const { written, output } = screen();
    lineObserver(output).onEvent(metric("a", "NaN"));
    expect(written.stdout).toBe(`${JSON.stringify(metric("a", "NaN"))}\n`);
    expect(written.stderr).toBe("");
  });

  test("a person gets one line for each evaluation", () => {
    const { written, output } = screen();
    const observer = personObserver(output);
    observer.onEvent(metric("a", 1));
    observer.onEvent(metric("b", "NaN"));
    observer.onEvent({ ...at, kind: "status", status: "finished" });
    observer.close();
    expect(written.stderr).toBe("at 5.13 kimg: a 1  b NaN\n");
  });
});

test("the last word of an interrupted run is how to go on", () => {
  const result = {
    runId: "r1",
    variant: "gan",
    dataset: "ring",
    seed: 0,
    status: "interrupted" as const,
    kimg: 1.5,
    gradientEvaluations: 6,
    seconds: 61,
    peakMemoryMiB: 210,
    metrics: { a: 0.5 },
    weightsSha256: "",
    directory: "/home/runs/r1",
    picture: "images/x.png",
  };
  const commandLine = (words: string) => `gan-arena ${words} --home /home`;
  expect(summaryOf(result, { commandLine }).split("\n")).toEqual([
    "interrupted: r1",
    "  1.5 kimg, 6 gradient evaluations, 1m01s of training, 210 MiB of memory at most",
    "  a  0.5",
    "pictures: /home/runs/r1/images (the newest: images/x.png)",
    "go on with:",
    "  gan-arena resume r1 --home /home",
  ]);
});

describe("the commit of a checkout", () => {
  const COMMIT = "0123456789abcdef0123456789abcdef01234567";
  let folder: string | undefined;
  afterEach(() => {
    if (folder) rmSync(folder, { recursive: true });
    folder = undefined;
  });
  const repository = (files: Readonly<Record<string, string>>): string => {
    folder = mkdtempSync(join(tmpdir(), "gan-arena-git-"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return folder;
  };

  test.each([
    ["a branch", { ".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": `${COMMIT}\n` }, COMMIT],
    [
      "a packed branch",
      { ".git/HEAD": "ref: refs/heads/main\n", ".git/packed-refs": `# pack\n${COMMIT} refs/heads/main\n` },
      COMMIT,
    ],
    ["no branch", { ".git/HEAD": `${COMMIT}\n` }, COMMIT],
    ["no commit yet", { ".git/HEAD": "ref: refs/heads/main\n" }, undefined],
  ])("on %s", (_what, files, expected) => {
    const root = repository({ ...files, "deep/er/file": "" });
    expect(gitCommit(join(root, "deep/er"))).toBe(expected);
  });

  test("in a worktree", () => {
    const root = repository({
      "main/.git/worktrees/w/HEAD": "ref: refs/heads/b\n",
      "main/.git/worktrees/w/commondir": "../..\n",
      "main/.git/refs/heads/b": `${COMMIT}\n`,
      "w/.git": "gitdir: ../main/.git/worktrees/w\n",
    });
    expect(gitCommit(join(root, "w"))).toBe(COMMIT);
  });
});
