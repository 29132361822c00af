/** @file `check-variant`: wrong plugins fail with a message that names the mistake, sound ones pass. */
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arena, temporaryFolder } from "../support/command.js";
import { ROOT } from "../support/repository.js";

interface Report {
  readonly variant: string;
  readonly passed: boolean;
  readonly checks: readonly { readonly name: string; readonly status: string; readonly message?: string }[];
}

const wrong = (name: string): string => join(ROOT, "tests", "e2e", "plugins", "wrong", `${name}.js`);

async function check(target: string, ...more: string[]) {
  const { code, stdout, stderr } = await arena(["check-variant", target, "--quick", "--json", ...more]);
  const reports = JSON.parse(stdout) as Report[];
  const failed = reports.flatMap(({ checks }) => checks.filter(({ status }) => status === "failed"));
  return { code, stderr, reports, failed };
}

describe("a wrong plugin fails one check, and is told why", () => {
  it.each([
    ["noise-per-batch", "noise per sample", /^\[wrong\/critic\] .*one row of "epsilon" only: noise per batch/u],
    [
      "noise-by-itself",
      "noise from draws only",
      /^\[wrong\/critic\] all randomness must come from draws, got .*tf\.randomNormal/u,
    ],
    [
      "sigmoid",
      "raw scores",
      /^\[wrong\/D\] a critic must return raw scores.*it ends in a sigmoid.*leave the sigmoid out/u,
    ],
    ["no-such-network", "shapes", /^\[wrong\/critic\] there is no network "C"; did you mean "G"\? \(known: D, G\)$/u],
    [
      "nan",
      "finite terms",
      /^\[wrong\/critic\] term "D\/wasserstein" must be a finite number .*got NaN in play 1; look for a logarithm/u,
    ],
    ["shape", "shapes", /^\[D\] the network, called with \[4,2\], threw: matMul of \[4,2\] and \[3,1\]/u],
    [
      "wrong-gradient",
      "gradients",
      /^\[wrong\/critic\] the gradient for "D\/dense_2\/weight" must be .*look for a stopGradient/u,
    ],
  ])("%s", async (name, failing, says) => {
    const { code, failed } = await check(wrong(name));
    expect(failed.map((result) => result.name)).toEqual([failing]);
    expect(failed[0]?.message).toMatch(says);
    expect(failed[0]?.message?.split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  });

  it("own-memory: neither reproduced nor resumed", async () => {
    const { code, failed } = await check(wrong("own-memory"));
    expect(code).toBe(1);
    expect(failed.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["same seed, same bits", "checkpoint round trip"]),
    );
  });
});

it("the same plugin without its mistake passes, on both engines", async () => {
  for (const engine of ["onnx", "cpu"]) {
    const { code, reports, failed, stderr } = await check(wrong("base"), "--engine", engine);
    expect(failed).toEqual([]);
    expect(code).toBe(0);
    expect(reports).toMatchObject([{ variant: "wrong", passed: true }]);
    expect(stderr).toContain("✓ gradients");
  }
});

it("a third party's variant passes", async () => {
  const { code, failed } = await check(join(ROOT, "examples", "third-party-variant"));
  expect({ code, failed }).toEqual({ code: 0, failed: [] });
});

it("what is no variant is the user's error", async () => {
  for (const [target, says] of [
    ["./no/such/place", /there is no file or folder/u],
    ["no-such-package", /neither a path nor an installed package/u],
    [join(ROOT, "tests", "e2e", "plugins", "registers-nothing.js"), /registers nothing/u],
    [join(ROOT, "tests", "e2e", "plugins", "stub-executor.js"), /registers no variant/u],
  ] as const) {
    const { code, stderr } = await arena(["check-variant", target, "--quick"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  }
});

describe("new-variant", () => {
  it("writes a package that trains, passes the checks and its own test, outside the repository", async () => {
    const project = temporaryFolder();
    const made = await arena(["new-variant", "my-gan", "--json"], { cwd: project });
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: made.stderr });
    const folder = join(project, "my-gan");
    expect(JSON.parse(made.stdout)).toEqual({
      variant: "my-gan",
      directory: folder,
      files: ["README.md", "index.js", "index.test.js", "package.json"],
    });
    // What `npm install` would put there.
    symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"), "junction");
    const words = [
      "train",
      "my-gan",
      "--dataset",
      "ring",
      "--kimg",
      "1",
      "--threads",
      "1",
      "--plugin",
      "./my-gan",
      "--json",
    ];
    const trained = await arena([...words, "--home", join(project, "arena")], { cwd: project });
    expect({ code: trained.code, stderr: trained.stderr }).toEqual({ code: 0, stderr: trained.stderr });
    expect(JSON.parse(trained.stdout)).toMatchObject({ variant: "my-gan", status: "finished" });

    const { code, stdout, stderr } = await arena(["check-variant", "./my-gan", "--json", "--quick"], { cwd: project });
    expect({ code, stderr }).toEqual({ code: 0, stderr });
    expect((JSON.parse(stdout) as Report[])[0]).toMatchObject({ variant: "my-gan", passed: true });

    const { start } = await import("../support/command.js");
    const tested = await start(process.execPath, ["--test", join(folder, "index.test.js")], { cwd: folder }).ended;
    expect({ code: tested.code, stdout: tested.stdout }).toEqual({ code: 0, stdout: tested.stdout });
    expect(tested.stdout).toMatch(/pass 1[0-9]/u);
  });

  it("overwrites nothing, and refuses names that are none", async () => {
    const project = temporaryFolder();
    cpSync(join(ROOT, "examples", "third-party-variant"), join(project, "my-gan"), { recursive: true });
    for (const [words, says] of [
      [["my-gan"], /is there already; choose another --dir/u],
      [["My_Gan"], /must be lower-case words joined by hyphens/u],
      [["dcgan"], /"dcgan" is taken/u],
      [[], /<name> is missing/u],
    ] as const) {
      const { code, stderr } = await arena(["new-variant", ...words], { cwd: project });
      expect(code).toBe(2);
      expect(stderr).toMatch(says);
    }
  });
});
