/** @file One run from `train` to `runs rm`, as a user goes through it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arena, arenaJson, start, temporaryFolder, TINY, trainTiny } from "../support/command.js";
import { readPng } from "../support/png.js";
import { ROOT } from "../support/repository.js";

const version = (JSON.parse(readFileSync(join(ROOT, "packages/cli/package.json"), "utf8")) as { version: string })
  .version;

it("the installed command is the built one: `npx gan-arena` finds it", async () => {
  const shim = join(ROOT, "node_modules", ".bin", process.platform === "win32" ? "gan-arena.cmd" : "gan-arena");
  const { code, stdout } = await start(shim, ["--version"]).ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${version}\n` });
});

it("trains on ring, leaves what the store promises, and lists, shows, samples and removes the run", async () => {
  const home = temporaryFolder();
  const run = await trainTiny(home, ["--seed", "3"]);
  expect(Object.keys(run).sort((a, b) => a.localeCompare(b))).toEqual(
    "dataset directory gradientEvaluations kimg metrics peakMemoryMiB picture runId seconds seed status variant weightsSha256".split(
      " ",
    ),
  );
  // 0.32 kimg in batches of 32 are 10 rounds of one play of D and one of G.
  expect(run).toMatchObject({
    variant: "gan",
    dataset: "ring",
    seed: 3,
    status: "finished",
    kimg: 0.32,
    gradientEvaluations: 20,
    metrics: { "swd-points2k": expect.any(Number) as number },
    weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/u) as string,
    directory: join(home, "runs", run.runId),
  });

  const spec = JSON.parse(readFileSync(join(run.directory, "run.json"), "utf8")) as Record<string, unknown>;
  expect(spec).toMatchObject({
    runId: run.runId,
    seed: 3,
    config: { hidden: 8, loss: "nonSaturating" },
    engine: {
      engine: "onnx",
      threads: 1,
      versions: {
        "onnxruntime-node": expect.stringMatching(/^\d/u) as string,
        lowering: expect.stringMatching(/^\d/u) as string,
      },
    },
    versions: { "gan-arena": version, node: process.versions.node },
  });
  const kinds = readFileSync(join(run.directory, "events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  expect(new Set(kinds)).toEqual(new Set(["status", "terms", "health", "metric", "image", "checkpoint"]));
  // A picture of points: three channels, so that real and generated ones can be told apart.
  expect(readPng(join(run.directory, run.picture ?? ""))).toMatchObject({ channels: 3 });

  const [listed, ...rest] = await arenaJson<{ runId: string }[]>(["runs", "list", "--home", home]);
  expect(rest).toEqual([]);
  expect(listed).toMatchObject({ runId: run.runId, status: "finished", kimg: 0.32, metrics: run.metrics });
  const shown = await arenaJson<Record<string, unknown>>(["runs", "show", run.runId.slice(0, 15), "--home", home]);
  expect(shown).toMatchObject({ runId: run.runId, spec: { seed: 3 } });

  const out = join(home, "samples.png");
  const sampled = await arenaJson<{ file: string; n: number }>([
    "sample",
    run.runId,
    "-o",
    out,
    "--n",
    "500",
    "--home",
    home,
  ]);
  expect(sampled).toMatchObject({ file: out, n: 500 });
  expect(readPng(out).distinct).toBeGreaterThan(2);

  expect(await arenaJson(["runs", "rm", run.runId, "--home", home])).toEqual({ removed: [run.runId] });
  expect(await arenaJson(["runs", "list", "--home", home])).toEqual([]);
});

it("the same seed gives the same bits, another seed others", async () => {
  const sha = async (...words: string[]) => (await trainTiny(temporaryFolder(), words)).weightsSha256;
  const [first, again, other] = [await sha("--seed", "1"), await sha("--seed", "1"), await sha("--seed", "2")];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

it("without --json a person reads plain lines on a pipe, and the next commands work as printed", async () => {
  const home = temporaryFolder();
  const { code, stdout, stderr } = await arena(["train", "gan", "--dataset", "ring", ...TINY, "--home", home]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^finished: \S+-gan-ring-s0-\S{4}\n/u);
  expect(stderr).not.toContain("\u001B");
  const printed = stdout.split("\n").find((line) => line.includes("gan-arena sample"));
  const words = printed?.trim().split(" ").slice(1) ?? [];
  const sampled = await arena(words, { cwd: home });
  expect({ code: sampled.code, stdout: sampled.stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining(".png") as string,
  });
});

describe("lists", () => {
  const names = async (words: readonly string[]) =>
    (await arenaJson<{ name: string }[]>(words)).map(({ name }) => name);

  it("of variants, data sets and metrics", async () => {
    expect(await names(["variants"])).toEqual(["cyclegan", "dcgan", "gan", "lsgan", "stylegan", "wgan", "wgan-gp"]);
    expect(await names(["datasets"])).toEqual([
      "digits-inverted",
      "emoji",
      "gaussian-1d",
      "grid",
      "mnist",
      "noto-twemoji",
      "ring",
      "swiss-roll",
      "uniform-1d",
    ]);
    expect(await names(["metrics"])).toEqual([
      "hq2500",
      "modes2500",
      "pair-error",
      "reverse-kl2500",
      "swd-patches2k",
      "swd-pixels2k",
      "swd-points2k",
    ]);
  });
  it("a variant is shown with its paper, its departures and its settings", async () => {
    const { code, stdout } = await arena(["variants", "show", "dcgan"]);
    expect(code).toBe(0);
    for (const words of ["1511.06434", "Departures from the paper", "filters", "kernel", "2e-4|0.0002"])
      expect(stdout).toMatch(new RegExp(words, "u"));
  });
  it("doctor --program shows how the phases of a variant are compiled, and what each op costs", async () => {
    const words = "doctor --program gan --dataset ring --set hidden=8 --batch 32 --threads 1".split(" ");
    interface Program {
      readonly program: string;
      readonly runs: number;
      readonly ms: number;
      readonly nodes: number;
      readonly listing: string;
      readonly work: number;
      readonly ops: readonly { readonly label: string; readonly ms: number; readonly count: number }[];
    }
    const home = temporaryFolder();
    const { programs } = await arenaJson<{ programs: readonly Program[] }>([...words, "--home", home]);
    expect(programs.map(({ program }) => program)).toEqual(["gan/discriminator", "gan/generator"]);
    for (const { program, runs, ms, nodes, listing, work, ops } of programs) {
      expect(listing).toMatch(new RegExp(`^program ${program}: \\d+ nodes\ninputs\n`, "u"));
      expect(listing.split(" = Gemm(").length - 1).toBe(ops.find(({ label }) => label === "Gemm")?.count);
      expect([runs, ops.reduce((sum, { count }) => sum + count, 0)]).toEqual([10, nodes]);
      expect(ops.reduce((sum, op) => sum + op.ms, 0)).toBeLessThan(ms);
      expect(work).toBeGreaterThan(10_000);
    }
    const wrong = await arena(["doctor", "--program", "gann", "--home", home]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean "gan"?')]);
    const unfit = await arena(["doctor", "--program", "dcgan", "--home", home]);
    expect([unfit.code, unfit.stderr]).toEqual([2, expect.stringMatching(/^error: \[.*dcgan.*\n$/u)]);
  });

  it("doctor finds all that is needed", async () => {
    const home = temporaryFolder();
    const { healthy, checks } = await arenaJson<{ healthy: boolean; checks: { name: string; state: string }[] }>([
      "doctor",
      "--home",
      home,
    ]);
    expect(healthy).toBe(true);
    for (const name of ["node", "engine onnx", "engine cpu", "home", "disk"])
      expect(checks).toContainEqual(expect.objectContaining({ name, state: "ok" }));
  });
});
