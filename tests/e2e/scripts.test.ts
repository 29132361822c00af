/** @file The two commands of the README, with little to do. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { start, temporaryFolder } from "../support/command.js";
import { ROOT } from "../support/repository.js";

/** Under `npm test` the packages were just installed. Elsewhere these tests must not be what installs them anew. */
const isInstalled = (): boolean => {
  const stamp = join(ROOT, "node_modules", ".gan-arena-lock");
  const hash = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
};

const run = (script: string, ...words: string[]) =>
  start(process.execPath, [join(ROOT, "scripts", script), ...words]).ended;

describe.runIf(isInstalled())("the scripts", () => {
  it("start: compares gan and dcgan on mnist with two seeds, and prints where report and picture are", async () => {
    const home = temporaryFolder();
    const words = "--kimg 0.1 --batch 8 --set filters=4 --metrics swd-pixels2k --metric-kimg 1".split(" ");
    const { code, stdout } = await run("start.mjs", ...words, "--home", home);
    expect(code).toBe(0);
    for (const variant of ["gan", "dcgan"])
      for (const seed of [0, 1]) expect(stdout).toMatch(new RegExp(`^${variant} +${seed}  finished`, "mu"));
    for (const kind of ["report", "samples"]) {
      const [, file = ""] = new RegExp(`^${kind}: +(\\S+)$`, "mu").exec(stdout) ?? [];
      expect(file.startsWith(home) && existsSync(file)).toBe(true);
    }
  });

  it("test: counts what passed in its last line", async () => {
    const { code, stdout } = await run("test.mjs", "--project", "unit", "packages/core/src/random/hash.test.ts");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/u);
    expect(code).toBe(0);
  });

  it("test: a run that tests nothing is a failure", async () => {
    const { code, stdout } = await run("test.mjs", "--project", "unit", "no/such/file");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("0 passed, 1 failed");
    expect(code).toBe(1);
  });
});
