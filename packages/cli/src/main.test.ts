import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GanError } from "@gan-arena/core/base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf, keepStack } from "./failure.js";
import { main } from "./main.js";

let cwd: string;
beforeEach(() => void (cwd = mkdtempSync(join(tmpdir(), "gan-arena-main-"))));
afterEach(() => rmSync(cwd, { recursive: true }));

async function run(...words: string[]) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({ write: (text: string) => void (written[name] += text) });
  const around = { cwd, env: {}, stdout: stream("stdout"), stderr: stream("stderr") };
  return { code: await main(words, around), ...written };
}

const RUN = {
  formatVersion: 1,
  variant: "gan",
  config: { zDim: 2 },
  dataset: "ring",
  datasetConfig: {},
  dataFingerprint: "f",
  seed: 3,
  options: { kimg: 10, batchSize: 1, logKimg: 1, checkpointKimg: 1, pictureKimg: 1, metricKimg: 1 },
  metrics: ["modes2500"],
  engine: { engine: "cpu", versions: {}, threads: 1, choices: {} },
  plugins: [],
  createdAt: "2026-01-01T00:00:00.000Z",
  versions: {},
  machine: {},
};

/** A run as the store keeps it: finished, with one metric. */
function writeRun(runId: string): void {
  const folder = join(cwd, "arena", "runs", runId);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "run.json"), JSON.stringify({ ...RUN, runId }));
  const at = { time: 1, round: 10, kimg: 10, gradientEvaluations: 20, seconds: 65 };
  const events = [
    {
      ...at,
      kind: "metric",
      name: "modes2500",
      protocol: "p",
      better: "higher",
      value: 8,
      samples: 2500,
      split: "none",
    },
    { ...at, kind: "status", status: "finished" },
  ];
  writeFileSync(join(folder, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
}

describe("main", () => {
  test("a list for people, and the same for machines", async () => {
    writeRun("20260101-a");
    const people = await run("runs", "list");
    expect(people).toMatchObject({ code: 0, stderr: "" });
    expect(people.stdout).toBe(
      "run         status     kimg   time  metrics\n20260101-a  finished  10/10  1m05s  modes2500 8\n",
    );
    const machines = await run("runs", "list", "--json");
    expect(machines.code).toBe(0);
    expect(JSON.parse(machines.stdout)).toMatchObject([
      {
        runId: "20260101-a",
        variant: "gan",
        seed: 3,
        status: "finished",
        kimg: 10,
        totalKimg: 10,
        metrics: { modes2500: 8 },
      },
    ]);
  });

  test("runs rm removes nothing when one of the names is wrong", async () => {
    writeRun("20260101-a");
    const { code, stderr } = await run("runs", "rm", "20260101-a", "20260101-b");
    expect(code).toBe(2);
    expect(stderr).toBe('error: [runs] there is no run "20260101-b"; did you mean "20260101-a"? (known: 20260101-a)\n');
    expect(existsSync(join(cwd, "arena/runs/20260101-a"))).toBe(true);
    expect((await run("runs", "rm", "20260101-a")).code).toBe(0);
    expect(existsSync(join(cwd, "arena/runs/20260101-a"))).toBe(false);
  });

  test("runs rm of a comparison leaves its runs, or takes them with it, but not while one of them is written", async () => {
    const names = ["20260101-a", "20260101-b"];
    for (const name of names) writeRun(name);
    const folder = join(cwd, "arena", "comparisons", "two");
    const writeComparison = (): void => {
      const cells = [...names, undefined].map((runId, seed) => ({ variant: "gan", seed, runId }));
      const spec = { formatVersion: 1, comparisonId: "two", variants: ["gan"], seeds: [0, 1, 2], metrics: [], cells };
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "comparison.json"), JSON.stringify(spec));
    };
    const runsLeft = () => readdirSync(join(cwd, "arena", "runs"));
    writeComparison();
    expect(await run("runs", "rm", "two")).toMatchObject({ code: 0, stdout: "removed two\n" });
    expect(runsLeft()).toEqual(names);

    writeComparison();
    const lock = join(cwd, "arena/runs/20260101-b/run.lock");
    const { pid } = process;
    writeFileSync(lock, `${pid}\n`);
    const refused = await run("runs", "rm", "two", "--with-runs");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("20260101-b");
    expect([runsLeft(), existsSync(folder)]).toEqual([names, true]);

    rmSync(lock);
    const removed = await run("runs", "rm", "two", "--with-runs");
    expect(removed).toMatchObject({ code: 0, stdout: "removed 20260101-a\nremoved 20260101-b\nremoved two\n" });
    expect([runsLeft(), existsSync(folder)]).toEqual([[], false]);
  });

  test("an error is one line on stderr, and with --json also a document on stdout", async () => {
    const plain = await run("runs", "show", "x");
    expect(plain).toEqual({ code: 2, stdout: "", stderr: 'error: [runs] there is no run "x"; none is registered\n' });
    const json = await run("runs", "show", "x", "--json");
    expect(json.stderr).toBe(plain.stderr);
    expect(JSON.parse(json.stdout)).toEqual({
      error: { code: "UNKNOWN_NAME", message: '[runs] there is no run "x"; none is registered' },
    });
  });

  test("a wrong option is reported in the form that was asked for", async () => {
    const { code, stdout } = await run("runs", "list", "--json", "--limt", "3");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "UNKNOWN_NAME" } });
  });

  test("home: the option before the config file, the config file before ./arena", async () => {
    writeFileSync(join(cwd, "gan-arena.config.yaml"), "home: other\n");
    expect((await run("runs")).stdout).toContain(`there are no runs in ${join(cwd, "other")}`);
    expect((await run("runs", "--home", "third")).stdout).toContain(`there are no runs in ${join(cwd, "third")}`);
    rmSync(join(cwd, "gan-arena.config.yaml"));
    expect((await run("runs")).stdout).toContain(`there are no runs in ${join(cwd, "arena")}`);
  });

  test("a broken config file stops every command, with file and line", async () => {
    writeFileSync(join(cwd, "gan-arena.config.yaml"), "home: other\nthread: 2\n");
    const { code, stderr } = await run("runs");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: \[gan-arena\.config\.yaml:2 thread\] there is no setting "thread"; did you mean "threads"\?/u,
    );
  });

  test("training without a data set says how to name one", async () => {
    expect((await run("train", "gan")).stderr).toBe(
      "error: [train] no data set is named; add --dataset <name>, for example --dataset ring, or see: gan-arena datasets\n",
    );
  });

  test("comparing without variants, and resuming with other settings, are refused", async () => {
    expect((await run("compare", "--dataset", "ring")).stderr).toContain("[compare] no variants are named");
    const { code, stderr } = await run("compare", "--resume", "x", "--kimg", "3");
    expect(code).toBe(2);
    expect(stderr).toContain("--kimg cannot be changed with --resume");
    expect((await run("compare", "--resume", "x", "--deterministic")).stderr).toContain(
      "--deterministic cannot be changed with --resume",
    );
    // Flags that nobody gave are not changed.
    expect((await run("compare", "--resume", "x")).stderr).toContain('"x"');
  });

  test("data sets and metrics of a plugin are listed with ours", async () => {
    writeFileSync(
      join(cwd, "metric.mjs"),
      `const metric = { name: "mine", protocol: "p", summary: "a metric of mine", better: "lower", unsuitable() {}, compute() {} };
       export const register = (c) => c.register(Symbol.for("gan-arena/metric"), { useValue: metric });`,
    );
    const { code, stdout } = await run("metrics", "--plugin", "./metric.mjs");
    expect(code).toBe(0);
    expect(stdout).toContain("mine            lower   a metric of mine");
    expect(stdout).toContain("modes2500");
  });
});

describe("failures", () => {
  test("what was not foreseen is a bug: exit code 1, one line, the stack in a file", () => {
    const failure = failureOf(new TypeError("x is not\n  a function", { cause: new Error("deep down") }));
    expect(failure).toMatchObject({
      code: "INTERNAL",
      exitCode: 1,
      message: "this is a bug in gan-arena, please report it: x is not a function",
    });
    const sentence = keepStack(failure, cwd, new Date("2026-01-02T03:04:05Z"));
    const file = join(cwd, "crashes", "crash-2026-01-02T03-04-05-000Z.txt");
    expect(sentence).toBe(`the details are in ${file}`);
    expect(readFileSync(file, "utf8")).toMatch(/TypeError: x is not[^]*caused by: Error: deep down/u);
  });

  test("when home cannot be written the stack goes to the temporary folder", () => {
    writeFileSync(join(cwd, "file"), "");
    const sentence = keepStack(failureOf(new Error("x")), join(cwd, "file"));
    const [, file = ""] = /^the details are in (.+)$/u.exec(sentence ?? "") ?? [];
    expect(file.startsWith(tmpdir())).toBe(true);
    expect(readFileSync(file, "utf8")).toContain("Error: x");
    rmSync(file);
  });

  test("foreseen failures leave no file", () => {
    const failure = failureOf(new GanError("BAD_CONFIG", "[x] wrong"));
    expect(failure).toEqual({ code: "BAD_CONFIG", message: "[x] wrong", exitCode: 2 });
    expect(keepStack(failure, cwd)).toBeUndefined();
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([
    ["ENOSPC", "NO_SPACE", "no space is left"],
    ["EACCES", "NOT_WRITABLE", "cannot be written (EACCES)"],
    ["EROFS", "NOT_WRITABLE", "cannot be written (EROFS)"],
  ])("the system's %s is the user's to mend", (errno, code, message) => {
    const failure = failureOf(Object.assign(new Error(errno), { code: errno, path: "/p" }));
    expect(failure).toMatchObject({ code, exitCode: 2 });
    expect(failure.message).toContain(message);
  });

  test("an error of another copy of core is still one of ours", () => {
    const foreign = Object.assign(new Error("[x] wrong"), { name: "GanError", code: "BAD_CONFIG", exitCode: 2 });
    expect(failureOf(foreign)).toEqual({ code: "BAD_CONFIG", message: "[x] wrong", exitCode: 2 });
  });

  test.skipIf(process.getuid?.() === 0)("an unwritable home is one sentence", async () => {
    chmodSync(cwd, 0o500);
    const { code, stderr } = await run("train", "gan", "--dataset", "ring");
    chmodSync(cwd, 0o700);
    expect(code).toBe(2);
    expect(stderr).toContain("choose another place with --home");
  });

  test("a home that is a file is one sentence", async () => {
    writeFileSync(join(cwd, "arena"), "");
    const { code, stderr } = await run("train", "gan", "--dataset", "ring");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: \[home\] .* cannot be written \(ENOTDIR\); choose another place with --home\n$/u);
  });
});
