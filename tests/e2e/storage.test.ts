/** @file Disks that are full and folders that cannot be written: one sentence, exit code 2, and what was saved is whole. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arena, COMMAND, start, temporaryFolder, TINY, trainTiny, type TrainDocument } from "../support/command.js";

const RING = ["train", "gan", "--dataset", "ring", ...TINY];
const onLinux = process.platform === "linux";
const onWindows = process.platform === "win32";

/** Gives a program mounts that only it and its children see: for root, and where users may have name spaces of their own. */
const inNamespace = ["unshare", "-rm"] as const;
const canMount = onLinux && spawnSync(inNamespace[0], [inNamespace[1], "true"]).status === 0;

/** Runs a shell script in which `arena` is the command and `$1` a folder. */
const shell = (script: string, folder: string, program: readonly string[] = []) => {
  const text = `arena() { "${process.execPath}" "${COMMAND}" "$@"; }\n${script}`;
  const [first, ...rest] = [...program, "sh", "-c", text, "sh", folder];
  return start(first ?? "sh", rest).ended;
};
function expectOneSentence(stderr: string, says: RegExp): void {
  const errors = stderr.split("\n").filter((line) => line.startsWith("error:"));
  expect(errors).toEqual([expect.stringMatching(says)]);
  expect(stderr).not.toMatch(/^\s+at /mu);
}

describe("a home that cannot be written", () => {
  it("because a part of its path is a file", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    for (const home of [file, join(file, "below")]) {
      const { code, stderr, stdout } = await arena([...RING, "--home", home]);
      expectOneSentence(
        stderr,
        /^error: \[home\] .* cannot be written \(ENOTDIR\); choose another place with --home$/u,
      );
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    }
  });

  it.runIf(onLinux)("because the system keeps the folder to itself", async () => {
    const { code, stderr } = await arena([...RING, "--home", "/proc/gan-arena"]);
    expectOneSentence(stderr, /^error: \[home\] \/proc\/gan-arena cannot be written/u);
    expect(code).toBe(2);
  });

  it.runIf(canMount)("because the disk is read-only: runs are still listed and sampled", async () => {
    const home = join(temporaryFolder(), "home");
    const { runId } = await trainTiny(home);
    const script = `
      mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 99
      arena ${RING.join(" ")} --home "$1" 2>"$1.err" ; echo "train $?"
      arena runs list --home "$1" | grep -c ${runId}
      arena sample ${runId} --home "$1" --out "$1.png" >/dev/null 2>&1; echo "sample $?"
      cat "$1.err" >&2`;
    const { stdout, stderr } = await shell(script, home, inNamespace);
    expect(stdout).toBe("train 2\n1\nsample 0\n");
    expectOneSentence(stderr, /^error: \[home\] .* cannot be written \(EROFS\)/u);
  });

  it.runIf(!onWindows && process.getuid?.() !== 0)("because its rights say so", async () => {
    const home = join(temporaryFolder(), "home");
    mkdirSync(home);
    chmodSync(home, 0o500);
    const { code, stderr } = await arena([...RING, "--home", home]);
    chmodSync(home, 0o700);
    expectOneSentence(stderr, /^error: \[home\] .* cannot be written \(EACCES\)/u);
    expect(code).toBe(2);
  });
});

describe("a result that cannot be written", () => {
  it.each(["sample", "export"])("by %s, because its folder is missing", async (command) => {
    const folder = temporaryFolder();
    const { runId } = await trainTiny(join(folder, "home"));
    const out = join(folder, "missing", "out");
    const { code, stderr } = await arena([command, runId, "--home", join(folder, "home"), "--out", out]);
    expectOneSentence(stderr, /^error: \[--out\] .*missing.* cannot be written/u);
    expect(code).toBe(2);
  });

  it.runIf(onLinux)("because the disk is full", async () => {
    const home = temporaryFolder();
    const { runId } = await trainTiny(home);
    const { code, stderr } = await arena(["sample", runId, "--home", home, "--out", "/dev/full"]);
    expectOneSentence(stderr, /^error: \[.*\] no space is left/u);
    expect(code).toBe(2);
  });
});

describe("a disk that fills up while a run is played", () => {
  // 100 rounds with ten checkpoints of 210 KB and ten pictures of 20 KB; two checkpoints and their pictures fit.
  const words =
    "train gan --dataset ring --kimg 3.2 --batch 32 --set hidden=56 --set zDim=64 --set layers=3 --metrics swd-points2k --metric-kimg 10 --threads 1 --json";

  it.runIf(canMount)("stops it with what to do; with new space it goes on to the same weights", async () => {
    const script = `
      arena ${words} --home "$1/whole" >"$1/whole.json" 2>/dev/null || exit 98
      mkdir "$1/disk" && mount -t tmpfs -o size=720k tmpfs "$1/disk" || exit 99
      arena ${words} --home "$1/disk" >"$1/stopped.json" 2>"$1/stopped.err"; echo "train $?"
      ls "$1"/disk/runs/*/checkpoints | wc -l | tr -d ' '
      arena runs list --home "$1/disk" | grep -c failed
      mount -o remount,size=64m "$1/disk"
      arena resume 2 --home "$1/disk" --json >"$1/resumed.json" 2>/dev/null; echo "resume $?"
      cat "$1/stopped.err" >&2; echo "---"; cat "$1/whole.json"; echo "---"; cat "$1/resumed.json"`;
    const { stdout, stderr } = await shell(script, temporaryFolder(), inNamespace);
    const [report = "", whole = "{}", resumed = "{}"] = stdout.split("---\n");
    expectOneSentence(
      stderr,
      /^error: \[(\S+)\] no space is left at .*; free some and resume with: gan-arena resume \1$/u,
    );
    const [train, checkpoints, failed, resume] = report.trim().split("\n");
    expect({ train, failed, resume }).toEqual({ train: "train 2", failed: "1", resume: "resume 0" });
    // It stopped in the middle: a good checkpoint was there to go on from.
    expect(Number(checkpoints)).toBeGreaterThanOrEqual(1);
    const document = (text: string) => JSON.parse(text) as TrainDocument;
    expect(document(resumed)).toMatchObject({ status: "finished", weightsSha256: document(whole).weightsSha256 });
  });

  it.runIf(!onWindows)("or a limit on the size of files that is met", async () => {
    // 64 blocks of 512 or 1024 bytes: less than a checkpoint, whatever else may be met first.
    const { code, stdout, stderr } = await shell(`ulimit -f 64; arena ${words} --home "$1"`, temporaryFolder());
    expectOneSentence(stderr, /^error: \[(\S+)\] \S+ cannot be written \(EFBIG\); .*gan-arena resume \1$/u);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "NOT_WRITABLE" } });
  });
});
