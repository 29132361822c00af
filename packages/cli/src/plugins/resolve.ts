/** @file From the name of a plugin to the file to load: a path, a folder with package.json, or an installed package. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { badPlugin } from "@gan-arena/core/base";

/** A plugin as the user named it, and the folder that relative paths start from. */
export interface PluginReference {
  readonly specifier: string;
  readonly base: string;
}

/**
 * The absolute path of the plugin's entry file.
 * @throws GanError BAD_PLUGIN when nothing is found, or what is found cannot be loaded by Node
 */
export function resolvePlugin({ specifier, base }: PluginReference): string {
  const where = `plugin ${specifier}`;
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(base, specifier);
  if (looksLikePath(specifier) || existsSync(path)) {
    if (!existsSync(path)) throw badPlugin(where, `there is no file or folder ${path}; check the path`);
    return checkLanguage(statSync(path).isDirectory() ? entryOfFolder(path, where) : path, where);
  }
  const folder = findPackage(specifier, base) ?? findPackage(specifier, dirname(fileURLToPath(import.meta.url)));
  if (folder === undefined)
    throw badPlugin(where, `it is neither a path nor an installed package; install it with: npm install ${specifier}`);
  return checkLanguage(entryOfFolder(folder, where), where);
}

/** Paths made absolute, so that a run can be resumed from another folder; names of packages stay names. */
export const portable = ({ specifier, base }: PluginReference): string => {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  const path = resolve(base, specifier);
  return looksLikePath(specifier) || existsSync(path) ? path : specifier;
};

const looksLikePath = (specifier: string): boolean =>
  /^(\.{1,2}([/\\]|$)|file:)/u.test(specifier) || isAbsolute(specifier);

/** Walks up the folders like Node does; `require.resolve` would miss packages that export to `import` only. */
function findPackage(name: string, from: string): string | undefined {
  const candidate = join(from, "node_modules", name);
  if (existsSync(join(candidate, "package.json"))) return candidate;
  const parent = dirname(from);
  return parent === from ? undefined : findPackage(name, parent);
}

function entryOfFolder(folder: string, where: string): string {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest))
    throw badPlugin(where, `the folder ${folder} has no package.json; add one with "exports", or name the file itself`);
  const { exports, main } = readManifest(manifest, where);
  const entry = entryOf(exports) ?? (typeof main === "string" ? main : "index.js");
  const file = join(folder, entry);
  if (!existsSync(file))
    throw badPlugin(where, `its package.json names ${entry}, which does not exist; build the plugin or mend the name`);
  return file;
}

function readManifest(file: string, where: string): { exports?: unknown; main?: unknown } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { exports?: unknown; main?: unknown };
  } catch (cause) {
    throw badPlugin(where, `its package.json is not valid JSON; mend it`, cause);
  }
}

/** The `.` entry under the conditions that Node would use for `import`. */
function entryOf(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  if (Array.isArray(exports)) return exports.map(entryOf).find((entry) => entry !== undefined);
  if (exports === null || typeof exports !== "object") return undefined;
  const map = exports as Record<string, unknown>;
  if ("." in map) return entryOf(map["."]);
  for (const [condition, target] of Object.entries(map))
    if (["node", "import", "module-sync", "default"].includes(condition)) {
      const entry = entryOf(target);
      if (entry !== undefined) return entry;
    }
  return undefined;
}

function checkLanguage(file: string, where: string): string {
  if ([".ts", ".mts", ".cts", ".tsx"].includes(extname(file)))
    throw badPlugin(
      where,
      `${file} is TypeScript, which is not supported here; compile it to JavaScript and name the .js file`,
    );
  return file;
}
