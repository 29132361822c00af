import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./file.js";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "gan-arena-config-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

describe("loadConfig", () => {
  test("without a file everything has its default", async () => {
    expect(await loadConfig(folder, undefined)).toEqual({ directory: folder, values: { plugins: [], defaults: {} } });
  });

  test.each([
    ["gan-arena.config.yaml", "home: store\ndefaults:\n  kimg: 5\n"],
    ["gan-arena.config.json", '{\n\t"home": "store",\n\t"defaults": { "kimg": 5 }\n}\n'],
    ["gan-arena.config.js", 'export const config = { home: "store", defaults: { kimg: 5 } };\n'],
    ["gan-arena.config.mjs", 'export default { home: "store", defaults: { kimg: 5 } };\n'],
  ])("%s in the working directory is found", async (name, text) => {
    write(name, text);
    const { file, values } = await loadConfig(folder, undefined);
    expect(file).toBe(join(folder, name));
    expect(values).toEqual({ home: "store", plugins: [], defaults: { kimg: 5 } });
  });

  test("an empty file is an empty config", async () => {
    write("gan-arena.config.yaml", "# nothing yet\n");
    expect((await loadConfig(folder, undefined)).values.defaults).toEqual({});
  });

  test.each([
    [
      "an unknown key",
      "a.yaml",
      "# mine\nhome: x\ndefalts:\n  kimg: 5\n",
      '[a.yaml:3 defalts] there is no setting "defalts"; did you mean "defaults"?',
    ],
    [
      "an unknown nested key",
      "a.yaml",
      "defaults:\n  kimg: 5\n  sed: 1\n",
      '[a.yaml:3 defaults.sed] there is no setting "defaults.sed"; did you mean "defaults.seed"?',
    ],
    [
      "a value out of bounds",
      "a.yaml",
      "threads: 2\n\ndefaults:\n  kimg: -5\n",
      "[a.yaml:4 defaults.kimg] expected a number > 0 (budget in thousand real images shown to D), got -5; change it",
    ],
    [
      "a wrong element of a list",
      "a.yaml",
      "plugins:\n  - ./one.js\n  - 7\n",
      "[a.yaml:3 plugins.1] expected text, got 7; change it",
    ],
    [
      "the same in JSON",
      "a.json",
      '{\n  "defaults": {\n    "kimg": -5\n  }\n}\n',
      "[a.json:3 defaults.kimg] expected a number > 0",
    ],
    ["broken YAML", "a.yaml", "home: x\nthreads: '2\n", /^\[a\.yaml:3\] this is not valid YAML: .*; mend the line$/u],
    ["broken JSON", "a.json", '{\n  "home": \n', /^\[a\.json:[23]\] this is not valid JSON: /u],
    ["text that is no map", "a.yaml", "just text\n", '[a.yaml:1] expected a group of settings, got "just text"'],
  ])("%s: the message names file and line", async (_what, name, text, message) => {
    write(name, text);
    await expect(loadConfig(folder, name)).rejects.toThrow(message);
  });

  test("a module that throws, and one that exports nothing, are named", async () => {
    write("throws.js", 'throw new Error("no luck\\nat all");');
    write("empty.js", "export const other = 1;");
    await expect(loadConfig(folder, "throws.js")).rejects.toThrow(
      "[throws.js] it throws when it is loaded: no luck; mend it",
    );
    await expect(loadConfig(folder, "empty.js")).rejects.toThrow("[empty.js] it exports no config");
  });

  test("a named file that is not there, and two files at once, are refused", async () => {
    await expect(loadConfig(folder, "none.yaml")).rejects.toThrow("[--config none.yaml] there is no such file");
    write("gan-arena.config.yaml", "");
    write("gan-arena.config.json", "{}");
    await expect(loadConfig(folder, undefined)).rejects.toThrow(
      "gan-arena.config.yaml and gan-arena.config.json; keep one",
    );
  });
});
