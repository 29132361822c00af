/** @file Broken, foreign and exchanged checkpoints: found out, passed over where an older one is whole, never lost. */
import { cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  arena,
  arenaJson,
  fingerprint,
  suiteFolder,
  temporaryFolder,
  trainTiny,
  type TrainDocument,
} from "../support/command.js";

const origin = suiteFolder();
let run: TrainDocument;
let other: TrainDocument;
beforeAll(async () => {
  run = await trainTiny(join(origin, "home"));
  other = await trainTiny(join(origin, "other"), ["--set", "hidden=9"]);
});

/** A copy of the home, and the paths of its run's checkpoints, newest first. */
function copyOfHome(): { readonly home: string; readonly checkpoints: readonly string[] } {
  const home = join(temporaryFolder(), "home");
  cpSync(join(origin, "home"), home, { recursive: true });
  const folder = join(home, "runs", run.runId, "checkpoints");
  const checkpoints = readdirSync(folder)
    .sort()
    .reverse()
    .map((name) => join(folder, name));
  return { home, checkpoints };
}

function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  const index = Math.floor(at * (bytes.length - 1));
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** A sound safetensors file as other libraries write them. */
function foreignFile(): Uint8Array {
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { format: "pt" },
      "fc.weight": { dtype: "F32", shape: [8, 8], data_offsets: [0, 256] },
      "fc.bias": { dtype: "F32", shape: [8], data_offsets: [256, 288] },
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(288)]);
}

const DAMAGES: readonly (readonly [what: string, harm: (file: string) => void, says: RegExp])[] = [
  ["cut short by one byte", (file) => truncateSync(file, readFileSync(file).length - 1), /damaged or incomplete/u],
  ["cut in half", (file) => truncateSync(file, Math.floor(readFileSync(file).length / 2)), /damaged or incomplete/u],
  ["cut inside the header", (file) => truncateSync(file, 20), /damaged or incomplete/u],
  ["empty", (file) => truncateSync(file, 0), /damaged or incomplete/u],
  ["changed by one bit in the weights", (file) => flipBit(file, 0.9), /damaged or incomplete/u],
  ["zeroed at the end", (file) => zeroTail(file), /damaged or incomplete/u],
  ["some text", (file) => writeFileSync(file, "these are no weights"), /damaged or incomplete|gan-arena has written/u],
  [
    "a foreign safetensors file",
    (file) => writeFileSync(file, foreignFile()),
    /name a checkpoint that gan-arena has written/u,
  ],
];

function zeroTail(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0, Math.floor(bytes.length * 0.75));
  writeFileSync(file, bytes);
}

describe.each(DAMAGES)("a checkpoint that is %s", (_, harm, says) => {
  it("is refused in one sentence when no other is left, and nothing is lost", async () => {
    const { home, checkpoints } = copyOfHome();
    for (const file of checkpoints) harm(file);
    const before = fingerprint(home);
    const out = join(temporaryFolder(), "samples.png");
    const { code, stderr, stdout } = await arena(["sample", run.runId, "--home", home, "--out", out]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(`^error: \\[checkpoints/${basename(checkpoints[0])}\\] .*(${says.source})`, "mu"),
    );
    expect(stderr).not.toMatch(/^\s+at /mu);
    expect(fingerprint(home)).toEqual(before);
  });
});

it("a damaged newest checkpoint is passed over with a warning: resume ends with the same weights", async () => {
  const { home, checkpoints } = copyOfHome();
  expect(checkpoints.length).toBeGreaterThanOrEqual(2);
  flipBit(checkpoints[0], 0.5);
  const { code, stdout, stderr } = await arena(["resume", run.runId, "--home", home, "--json"]);
  expect(code).toBe(0);
  expect(stderr).toContain(`warning: [checkpoints/${basename(checkpoints[0])}]`);
  expect((JSON.parse(stdout) as TrainDocument).weightsSha256).toBe(run.weightsSha256);
});

it("a checkpoint of another run is refused with what differs", async () => {
  const { home, checkpoints } = copyOfHome();
  const folder = join(origin, "other", "runs", other.runId, "checkpoints");
  for (const file of checkpoints) cpSync(join(folder, basename(file)), file);
  const { code, stderr } = await arena(["resume", run.runId, "--home", home]);
  expect(code).toBe(2);
  expect(stderr.split("\n").filter((line) => line.startsWith("error:"))).toEqual([expect.stringContaining("hidden")]);
});

it("a run whose last line of events was torn by a crash is read, and resumed", async () => {
  const { home } = copyOfHome();
  const file = join(home, "runs", run.runId, "events.jsonl");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.slice(0, -20));
  const [listed] = await arenaJson<{ runId: string }[]>(["runs", "list", "--home", home]);
  expect(listed?.runId).toBe(run.runId);
  const { status, weightsSha256 } = await arenaJson<TrainDocument>(["resume", run.runId, "--home", home]);
  expect({ status, weightsSha256 }).toEqual({ status: "finished", weightsSha256: run.weightsSha256 });
});

it("a run.json that is no JSON is named, and the other runs are listed", async () => {
  const { home } = copyOfHome();
  cpSync(join(origin, "other", "runs"), join(home, "runs"), { recursive: true });
  writeFileSync(join(home, "runs", run.runId, "run.json"), "{");
  const { code, stdout, stderr } = await arena(["runs", "list", "--home", home, "--json"]);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as { runId: string }[]).map(({ runId }) => runId)).toEqual([other.runId]);
  expect(stderr).toContain(run.runId);
  const shown = await arena(["runs", "show", run.runId, "--home", home]);
  expect(shown.code).toBe(2);
  expect(shown.stderr).toMatch(/^error: .*run\.json/u);
});
