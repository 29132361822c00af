/** @file The direction of imports, and that every package's package.json says what its sources import. */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules, createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/repository.js";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

interface Package {
  readonly folder: string;
  readonly manifest: Manifest;
  /** What each source file imports, types included. */
  readonly files: readonly {
    readonly file: string;
    readonly isTest: boolean;
    readonly imports: readonly string[];
    /**
     * Packages that are required when they are needed, or whose files are found by name: `require.resolve("mnist/…")`.
     * What a template fills in is written `*`.
     */
    readonly resolves: readonly string[];
  }[];
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));
}

const codeOf = (file: string): string =>
  readFileSync(join(ROOT, file), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//gu, "")
    .replaceAll(/^\s*\/\/.*$/gmu, "");

/** Specifiers of all static and dynamic imports; examples in comments and words in messages are left out. */
function importsOf(code: string): string[] {
  const pattern =
    /^(?:import\b|export\b|\})[^"\n]*\bfrom\s+"([^"$]+)"|\bimport\(\s*"([^"$]+)"\s*\)|^import\s+"([^"]+)"/gmu;
  return [...code.matchAll(pattern)].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? "");
}

const PACKAGES: readonly Package[] = readdirSync(join(ROOT, "packages")).map((name) => {
  const folder = join("packages", name);
  const files = sourcesIn(join(folder, "src")).map((file) => {
    const code = codeOf(file);
    const resolves = [...code.matchAll(/\b(?:resolve|require)\(\s*(?:"([^"]+)"|`([^`]+)`)/gu)].map(
      ([, plain = "", template = ""]) => plain || template.replaceAll(/\$\{[^}]*\}/gu, "*"),
    );
    return { file, isTest: file.endsWith(".test.ts"), imports: importsOf(code), resolves };
  });
  return { folder, manifest: readManifest(folder), files };
});

const isBuiltin = (specifier: string): boolean => specifier.startsWith("node:") || builtinModules.includes(specifier);

/** `@scope/name/sub` and `name/sub` without `sub`; undefined for files and for what Node brings. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || isBuiltin(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

const CORE = "@gan-arena/core";
const CLI = "gan-arena";
const CLIENT = "mlflow-js-client";
const OWN = new Set(PACKAGES.map(({ manifest }) => manifest.name));

/** Every import of one package by another, as `file -> specifier`. */
function offences(allowed: (from: Package, specifier: string) => boolean): string[] {
  return PACKAGES.flatMap((from) =>
    from.files.flatMap(({ file, isTest, imports }) =>
      imports.filter((specifier) => !isTest && !allowed(from, specifier)).map((specifier) => `${file} -> ${specifier}`),
    ),
  );
}

describe("the direction of imports", () => {
  it("finds imports in every package, or the checks below would see nothing", () => {
    for (const { manifest, files } of PACKAGES) {
      const found = files.flatMap(({ imports }) => imports.map(packageOf)).filter((name) => name !== undefined);
      expect({ package: manifest.name, found: found.length > 0 }).toEqual({ package: manifest.name, found: true });
    }
    expect(OWN).toContain(CORE);
    expect(OWN).toContain(CLI);
  });

  it("core imports no other package; the others import core only, tracking the MLflow client too; only the command imports the others", () => {
    expect(
      offences(({ manifest: { name } }, specifier) => {
        const target = packageOf(specifier);
        if (target === undefined || !OWN.has(target) || target === name || name === CLI) return true;
        // The client knows nothing of ours and is of use without us; what sends the store's runs is built on it.
        return name !== CORE && (target === CORE || (target === CLIENT && name === "@gan-arena/tracking"));
      }),
    ).toEqual([]);
  });

  it("nobody reaches into a package past its exports, and relative imports stay at home", () => {
    expect(
      offences(
        ({ folder }, specifier) =>
          !/^@gan-arena\/[^/]+\/(src|dist)\b/u.test(specifier) && !specifier.includes(`../${folder}`),
      ),
    ).toEqual([]);
    const strays = PACKAGES.flatMap(({ folder, files }) =>
      files.flatMap(({ file, imports }) =>
        imports.filter(
          (specifier) => specifier.startsWith(".") && !join(file, "..", specifier).startsWith(join(folder, "")),
        ),
      ),
    );
    expect(strays).toEqual([]);
  });

  it("the store, the report and the sweep import neither TensorFlow.js nor the part of core that loads it", () => {
    const light = new Set(["@gan-arena/tracking", "@gan-arena/studio", "@gan-arena/sweep"]);
    expect(
      offences(
        ({ manifest: { name } }, specifier) =>
          !light.has(name) || !(specifier === CORE || specifier.startsWith("@tensorflow/")),
      ),
    ).toEqual([]);
  });

  it("a variant imports core, TensorFlow.js and zod, and nothing else", () => {
    const allowed = new Set([CORE, `${CORE}/base`, "@tensorflow/tfjs", "zod"]);
    expect(
      offences(
        ({ folder }, specifier) => !folder.includes("variants-") || specifier.startsWith(".") || allowed.has(specifier),
      ),
    ).toEqual([]);
  });
});

describe.each(PACKAGES.map((entry) => [entry.manifest.name, entry] as const))(
  "package.json of %s",
  (_, { files, manifest }) => {
    const imported = (test: boolean) =>
      new Set(
        files
          .filter(({ isTest }) => isTest === test)
          .flatMap(({ imports, resolves }) => [...imports, ...resolves].map(packageOf))
          .filter((name) => name !== undefined && name !== manifest.name),
      );

    it("names what the sources import, and nothing else", () => {
      const { required, optional } = parted(imported(false), manifest);
      expect(Object.keys(manifest.dependencies ?? {}).sort(byName)).toEqual(required.sort(byName));
      expect(Object.keys(manifest.peerDependencies ?? {}).sort(byName)).toEqual(optional.sort(byName));
    });

    it("or the root names what only the tests import", () => {
      const known = new Set([
        ...Object.keys(manifest.dependencies ?? {}),
        ...Object.keys(readManifest(".").devDependencies ?? {}),
        ...OWN,
      ]);
      expect([...imported(true)].filter((name) => name !== undefined && !known.has(name))).toEqual([]);
    });
  },
);

/**
 * Parts what the sources of a package name into what it must depend on and the optional peers that it can do without.
 * A name with a placeholder, `@tensorflow/*`, stands for all optional peers that fit it; without one it is taken for required.
 */
function parted(names: Iterable<string | undefined>, { peerDependencies = {}, peerDependenciesMeta = {} }: Manifest) {
  const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional === true);
  const [required, optional] = [new Set<string>(), new Set<string>()];
  for (const name of names) {
    if (name === undefined) continue;
    const fitting = peers.filter((peer) => fits(peer, name));
    for (const peer of fitting) optional.add(peer);
    if (fitting.length === 0) required.add(name);
  }
  return { required: [...required], optional: [...optional] };
}

/** @param pattern a package's name, in which one `*` stands for some letters */
function fits(name: string, pattern: string): boolean {
  const [head = "", tail] = pattern.split("*");
  return tail === undefined ? name === pattern : name.startsWith(head) && name.endsWith(tail);
}

describe("names with a placeholder", () => {
  const optional = { optional: true };
  const peers = { "@a/one": "1.0.0", "@a/two": "1.0.0", b: "1.0.0" };
  const all = { "@a/one": optional, "@a/two": optional, b: optional };

  it("stand for the optional peers that fit; other names are required", () => {
    const manifest = { name: "x", peerDependencies: peers, peerDependenciesMeta: all };
    expect(parted(["@a/*", "c"], manifest)).toEqual({ required: ["c"], optional: ["@a/one", "@a/two"] });
  });
  it("are no excuse for peers that are not optional, nor for none", () => {
    expect(parted(["@a/*"], { name: "x", peerDependencies: peers })).toEqual({ required: ["@a/*"], optional: [] });
    const manifest = { name: "x", peerDependencies: peers, peerDependenciesMeta: { "@a/two": optional } };
    expect(parted(["@a/*"], manifest).optional).toEqual(["@a/two"]); // and @a/one is left over, which the test below sees
  });
});

/** Imports one built package in a process of its own and returns the names of the packages that were loaded with `require`. */
function loadedBy(name: string): Set<string> {
  const script = `
    import { Module } from "node:module";
    await import(${JSON.stringify(name)});
    console.log(JSON.stringify(Object.keys(Module._cache)));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(ROOT, "packages", "cli"),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const files = JSON.parse(output.trim().split("\n").at(-1) ?? "[]") as string[];
  const pattern = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/u;
  return new Set(files.flatMap((file) => pattern.exec(file)?.[1]?.replaceAll("\\", "/") ?? []));
}

const byName = (a = "", b = ""): number => a.localeCompare(b);

const tensorflow = (names: Set<string>): string[] => [...names].filter((name) => name.startsWith("@tensorflow/"));

describe("what is loaded when a built package is imported", () => {
  it("core loads TensorFlow.js: the check sees it", () => {
    expect(tensorflow(loadedBy(CORE))).toContain("@tensorflow/tfjs");
  });
  it.each([
    "@gan-arena/core/base",
    "@gan-arena/tracking",
    "@gan-arena/studio",
    "@gan-arena/sweep",
    "@gan-arena/datasets",
    "@gan-arena/metrics",
  ])("%s does not", (name) => {
    expect(tensorflow(loadedBy(name))).toEqual([]);
  });
});

it("turbo finds no import across a boundary", () => {
  const turbo = join(dirname(createRequire(import.meta.url).resolve("turbo/package.json")), "bin", "turbo");
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [turbo, "boundaries", "--no-update-notifier"], {
    cwd: ROOT,
    encoding: "utf8",
    env,
  });
  expect(`${stdout}${stderr}`).toMatch(/Checked \d{2,} files in \d+ packages, no issues found/u);
  expect(status).toBe(0);
});
