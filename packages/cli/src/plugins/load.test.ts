import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { allOf, createContainer, GanError, METRIC, VARIANT } from "@gan-arena/core/base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPlugin } from "./load.js";

const METRIC_SOURCE = `const metric = {
  name: "mine", protocol: "mine", summary: "a metric", better: "lower",
  unsuitable() {}, async compute() { return { value: 0, samples: 0, split: "none" }; },
};
const METRIC = Symbol.for("gan-arena/metric");
`;
const REGISTER = "export const register = (container) => container.register(METRIC, { useValue: metric });\n";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "gan-arena-plugins-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const load = async (specifier: string) => {
  const container = createContainer();
  await loadPlugin(container, { specifier, base: folder });
  return container;
};
const metricNames = async (specifier: string) => allOf(await load(specifier), METRIC).map(({ name }) => name);

describe("a good plugin is loaded", () => {
  test("from a file", async () => {
    write("good.mjs", METRIC_SOURCE + REGISTER);
    expect(await metricNames("./good.mjs")).toEqual(["mine"]);
  });

  test.each([
    ["string", '"./lib/entry.mjs"'],
    [
      "conditions",
      '{ ".": { "types": "./x.d.ts", "require": "./no.cjs", "import": { "default": "./lib/entry.mjs" } } }',
    ],
  ])("from a folder whose exports are a %s", async (kind, exports) => {
    write(`folder-${kind}/package.json`, `{ "name": "x", "exports": ${exports} }`);
    write(`folder-${kind}/lib/entry.mjs`, METRIC_SOURCE + REGISTER);
    expect(await metricNames(`./folder-${kind}`)).toEqual(["mine"]);
  });

  test("from a package with main, found in node_modules above the base", async () => {
    write("node_modules/@someone/arena-plugin/package.json", '{ "type": "module", "main": "main.js" }');
    write("node_modules/@someone/arena-plugin/main.js", METRIC_SOURCE + REGISTER);
    const container = createContainer();
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    await loadPlugin(container, { specifier: "@someone/arena-plugin", base: join(folder, "deep/er") });
    expect(allOf(container, METRIC)).toHaveLength(1);
  });
});

describe("a bad plugin is named, in one sentence", () => {
  const variant = (changes: string) =>
    `const variant = { name: "v", paper: {}, deviations: [], config: { _zod: {}, safeParse() {} }, searchSpace: {},
       networks() {}, optimizers() {}, phases() {}, views() {}, ${changes} };
     export const register = (c) => c.register(Symbol.for("gan-arena/variant"), { useValue: variant });`;

  test.each([
    ["no file", "./missing.js", undefined, "there is no file or folder"],
    [
      "no package",
      "no-such-package-here",
      undefined,
      "it is neither a path nor an installed package; install it with: npm install no-such-package-here",
    ],
    ["TypeScript", "./plugin.ts", "export {};", "is TypeScript, which is not supported here; compile it to JavaScript"],
    [
      "throws at load",
      "./throws.mjs",
      'throw new Error("boom\\n  at line 3");',
      "it throws when it is loaded: boom; mend",
    ],
    ["throws no error", "./throws-text.mjs", 'throw "boom";', "it throws when it is loaded: boom; mend"],
    ["a syntax error", "./syntax.mjs", "export const = 3;", "it throws when it is loaded: "],
    [
      "an import that is not there",
      "./import.mjs",
      'import "not-installed-anywhere";',
      "it throws when it is loaded: ",
    ],
    [
      "no register",
      "./none.mjs",
      "export const a = 1, b = 2;",
      "it exports no function register(container); it exports: a, b",
    ],
    [
      "register is no function",
      "./text.mjs",
      "export const register = 3;",
      "it exports no function register(container)",
    ],
    [
      "register throws",
      "./register.mjs",
      'export const register = () => { throw new TypeError("bad luck"); };',
      "its register() throws: bad luck",
    ],
    [
      "registers nothing",
      "./nothing.mjs",
      "export const register = () => {};",
      "its register() registers nothing that gan-arena knows",
    ],
    [
      "registers a number",
      "./seven.mjs",
      'export const register = (c) => c.register(Symbol.for("gan-arena/variant"), { useValue: 7 });',
      "it registers a variant that is a value of type number, expected an object",
    ],
    [
      "no phases",
      "./phases.mjs",
      variant("phases: []"),
      'it registers the variant "v" whose `phases` is a list, expected a function',
    ],
    ["no name", "./name.mjs", variant("name: undefined"), "it registers a variant whose name is missing"],
    [
      "a name that is a path",
      "./path.mjs",
      variant('name: "../x"'),
      'whose name is "../x", expected lower case letters',
    ],
    [
      "a config that is no schema",
      "./config.mjs",
      variant("config: {}"),
      "whose `config` is a value of type object, expected a zod 4 schema",
    ],
    ["a folder without package.json", "./bare", "folder", "has no package.json"],
  ])("%s", async (_what, specifier, source, message) => {
    if (source === "folder") mkdirSync(join(folder, specifier));
    else if (source !== undefined) write(specifier, source);
    const error = await load(specifier).then(
      () => undefined,
      (thrown: unknown) => thrown as GanError,
    );
    expect(error).toBeInstanceOf(GanError);
    expect(error?.code).toBe("BAD_PLUGIN");
    expect(error?.message).toContain(`[plugin ${specifier}] `);
    expect(error?.message).toContain(message);
    expect(error?.message).not.toContain("\n");
  });

  test("a name that is taken", async () => {
    write("twice.mjs", METRIC_SOURCE + REGISTER);
    const container = await load("./twice.mjs");
    write("twice-again.mjs", METRIC_SOURCE + REGISTER);
    await expect(loadPlugin(container, { specifier: "./twice-again.mjs", base: folder })).rejects.toThrow(
      '[plugin ./twice-again.mjs] it registers the metric "mine", a name that is taken',
    );
  });

  test("nothing of a bad plugin is registered when its first half is good", async () => {
    write(
      "half.mjs",
      `${METRIC_SOURCE}export const register = (c) => { c.register(METRIC, { useValue: metric }); throw new Error("late"); };`,
    );
    const container = createContainer();
    await expect(loadPlugin(container, { specifier: "./half.mjs", base: folder })).rejects.toThrow("late");
    expect(allOf(container, METRIC)).toEqual([]);
    expect(allOf(container, VARIANT)).toEqual([]);
  });
});
