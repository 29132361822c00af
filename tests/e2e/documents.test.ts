/** @file The documents tell the truth: every command in them is run as it is printed, with the files that they show. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { start, suiteFolder } from "../support/command.js";
import { blocksOf } from "../support/documents.js";
import { ROOT } from "../support/repository.js";

/** A folder in which `npx gan-arena` and the examples are found, and `arena/` is not the developer's own. */
function workplace(): string {
  const folder = suiteFolder();
  for (const name of ["node_modules", "examples"]) symlinkSync(join(ROOT, name), join(folder, name), "junction");
  writeFileSync(join(folder, "package.json"), "{}");
  return folder;
}

/** The name of the newest run: what a reader would put for `<run>`. */
const newestRun = (folder: string): string =>
  readdirSync(join(folder, "arena", "runs"))
    .sort((a, b) => a.localeCompare(b))
    .at(-1) ?? "";

describe.runIf(process.platform !== "win32").each(["README.md", "docs/extending.md"])("%s", (document) => {
  const folder = workplace();
  const blocks = blocksOf(document);
  const steps = blocks.flatMap((block) =>
    block.kind === "run" ? block.commands.map((command) => ({ block, command, line: block.line })) : [],
  );

  it("has commands to run", () => {
    expect(steps.length).toBeGreaterThan(2);
  });

  it("shows no command that is not run, but the two that install everything", () => {
    const shown = blocks.flatMap((block) =>
      block.kind === "shown" && ["sh", "bash", "console"].includes(block.language) ? [block.text] : [],
    );
    expect(shown.filter((text) => !["npm start", "npm test"].includes(text))).toEqual([]);
  });

  // In order: later commands use what earlier ones have left.
  it.each(steps)("line $line: $command", async ({ command, line }) => {
    for (const block of blocks)
      if (block.kind === "file" && block.line < line) writeOnce(join(folder, block.file), block.text);
    const words = command.replaceAll("<run>", () => newestRun(folder));
    const { code, stdout, stderr } = await start("sh", ["-c", words], { cwd: folder }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr });
    expect(stdout.trim()).not.toBe("");
    // Files that a command promises are there.
    for (const [, file = ""] of words.matchAll(/--out (\S+)/gu)) expect(existsSync(join(folder, file))).toBe(true);
  });
});

function writeOnce(file: string, text: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

it("the listing of R3GAN is the example, whole", () => {
  const shown = blocksOf("docs/extending.md").find(
    (block) => block.kind === "file" && block.file === "examples/r3gan/index.js",
  );
  expect(shown).toMatchObject({ text: readFileSync(join(ROOT, "examples", "r3gan", "index.js"), "utf8") });
});

it("files and folders that the documents name exist", () => {
  for (const document of [
    "README.md",
    "CONTRIBUTING.md",
    "docs/extending.md",
    "packages/core/README.md",
    "packages/engine/README.md",
  ]) {
    const text = readFileSync(join(ROOT, document), "utf8");
    const named = [...text.matchAll(/`((?:docs|examples|packages|benchmarks|core|engine)\/[\w./-]+)`/gu)].map(
      ([, path = ""]) => path,
    );
    const missing = named.filter(
      (path) => ![path, join("packages", path)].some((candidate) => existsSync(join(ROOT, candidate))),
    );
    expect({ document, missing }).toEqual({ document, missing: [] });
  }
});

it("every package has a README that names the file to read first and what it must not import", () => {
  for (const name of readdirSync(join(ROOT, "packages"))) {
    const text = readFileSync(join(ROOT, "packages", name, "README.md"), "utf8");
    const [, first = ""] = /Read(?: first:)? `([^`]+)`/u.exec(text) ?? [];
    expect({ name, first, there: existsSync(join(ROOT, "packages", name, first)) && first !== "" }).toEqual({
      name,
      first,
      there: true,
    });
    expect(text).toMatch(/must not import|never|only/iu);
  }
});
