/** @file Finds and reads the config file. Errors name the file and the line. */
import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { badConfig } from "@gan-arena/core/base";
import type { Config } from "./schema.js";
import type { Locate } from "./validate.js";

export interface LoadedConfig {
  /** Absolute; undefined when there is no config file. */
  readonly file?: string;
  /** Paths in the config are relative to this folder. */
  readonly directory: string;
  readonly values: Config;
}

const NAMES = ["yaml", "yml", "json", "js", "mjs"].map((extension) => `gan-arena.config.${extension}`);

/**
 * Reads the named config file, or the one in `cwd` when none is named.
 * @throws GanError BAD_CONFIG or UNKNOWN_NAME with file and line
 */
export async function loadConfig(cwd: string, named: string | undefined): Promise<LoadedConfig> {
  const file = named === undefined ? findConfig(cwd) : resolve(cwd, named);
  if (file === undefined) return { directory: cwd, values: { plugins: [], defaults: {} } };
  if (!existsSync(file)) throw badConfig(`--config ${named ?? file}`, "there is no such file; check the path");
  const { value, locate } = await (isModule(file) ? readModule(file) : readText(file));
  const [{ configSchema }, { parseWithSchema }] = await Promise.all([import("./schema.js"), import("./validate.js")]);
  return { file, directory: dirname(file), values: parseWithSchema(configSchema, value ?? {}, locate) };
}

function findConfig(cwd: string): string | undefined {
  const present = NAMES.filter((name) => existsSync(resolve(cwd, name)));
  if (present.length > 1)
    throw badConfig(cwd, `there are two config files, ${present.join(" and ")}; keep one of them`);
  return present[0] === undefined ? undefined : resolve(cwd, present[0]);
}

interface Read {
  readonly value: unknown;
  readonly locate: Locate;
}

const isModule = (file: string): boolean => [".js", ".mjs"].includes(extname(file));

async function readModule(file: string): Promise<Read> {
  const name = basename(file);
  let module: { default?: unknown; config?: unknown };
  try {
    module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as typeof module;
  } catch (cause) {
    const reason = cause instanceof Error ? firstLine(cause.message) : String(cause);
    throw badConfig(name, `it throws when it is loaded: ${reason}; mend it or name another file with --config`);
  }
  const value = module.config ?? module.default;
  if (value === undefined) throw badConfig(name, "it exports no config; write: export const config = { … }");
  return { value, locate: (path) => [name, path.map(String).join(".")].filter(Boolean).join(" ") };
}

/** YAML, of which JSON is a part: one reader that knows the line of everything. */
async function readText(file: string): Promise<Read> {
  const name = basename(file);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw badConfig(
      name,
      `it cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown reason"}); check the path and its permissions`,
    );
  });
  const { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem) {
    const { line } = lines.linePos(problem.pos[0]);
    const language = extname(file) === ".json" ? "JSON" : "YAML";
    throw badConfig(`${name}:${line}`, `this is not valid ${language}: ${firstLine(problem.message)}; mend the line`);
  }

  const locate: Locate = (path) => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const key of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
        if (!pair) break;
        if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(key)];
        if (isNode(node) && node.range) offset = node.range[0];
      } else break;
    }
    return [`${name}:${lines.linePos(offset).line}`, path.map(String).join(".")].filter(Boolean).join(" ");
  };
  return { value: document.toJS() as unknown, locate };
}

const firstLine = (message: string): string => message.split("\n")[0]?.trim() ?? message;
