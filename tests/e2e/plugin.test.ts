/** @file A third party's variant: outside the workspaces, loaded by name only, compared like our own. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { arena, arenaJson, temporaryFolder, TINY } from "../support/command.js";
import { readPng } from "../support/png.js";
import { ROOT } from "../support/repository.js";

const EXAMPLE = join(ROOT, "examples", "third-party-variant");
const { name: packageName } = JSON.parse(readFileSync(join(EXAMPLE, "package.json"), "utf8")) as { name: string };

interface Comparison {
  readonly cells: readonly { readonly variant: string; readonly status: string; readonly runId: string }[];
  readonly ranking: readonly { readonly variant: string }[];
}

it("is outside the workspaces", () => {
  const { workspaces } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { workspaces: string[] };
  expect(workspaces).toEqual(["packages/*"]);
});

it("is unknown until it is named", async () => {
  const { code, stderr } = await arena(["variants", "show", "geometric-gan"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('no variant "geometric-gan"') as string,
  });
});

it("by --plugin is compared with gan, drawn and exported", async () => {
  const home = temporaryFolder();
  const words = ["compare", "--variants", "gan,geometric-gan", "--dataset", "ring", "--seeds", "0", ...TINY];
  const { cells, ranking } = await arenaJson<Comparison>([...words, "--plugin", EXAMPLE, "--home", home]);
  expect(cells).toMatchObject([
    { variant: "gan", status: "finished" },
    { variant: "geometric-gan", status: "finished" },
  ]);
  expect(new Set(ranking.map(({ variant }) => variant))).toEqual(new Set(["gan", "geometric-gan"]));

  // The run remembers its plugin: nothing has to be named again.
  const runId = cells[1]?.runId ?? "";
  const out = join(home, "samples.png");
  await arenaJson(["sample", runId, "--out", out, "--home", home]);
  expect(readPng(out).distinct).toBeGreaterThan(2);
  await arenaJson(["export", runId, "--out", join(home, "G.onnx"), "--home", home]);
});

it("by a config file, and by an import from an installed package", async () => {
  const project = temporaryFolder();
  const modules = join(project, "node_modules");
  mkdirSync(modules);
  cpSync(EXAMPLE, join(modules, packageName), { recursive: true });
  // What `npm install` would put beside it.
  mkdirSync(join(modules, "@gan-arena"));
  symlinkSync(join(ROOT, "packages", "core"), join(modules, "@gan-arena", "core"), "junction");
  symlinkSync(join(ROOT, "node_modules", "zod"), join(modules, "zod"), "junction");
  writeFileSync(
    join(project, "gan-arena.config.yaml"),
    `plugins:\n  - ${packageName}\nhome: runs-here\ndefaults:\n  dataset: ring\n`,
  );
  const variants = await arenaJson<{ name: string }[]>(["variants"], { cwd: project });
  expect(variants.map(({ name }) => name)).toContain("geometric-gan");
  const run = await arenaJson<{ status: string; directory: string }>(["train", "geometric-gan", ...TINY], {
    cwd: project,
  });
  expect(run.status).toBe("finished");
  expect(run.directory).toContain(join("runs-here", "runs"));
});
