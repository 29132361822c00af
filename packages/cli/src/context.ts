/** @file What every command is given: the folders, the config, the way to print, and the plugins on demand. */
import { resolve } from "node:path";
import type { DependencyContainer } from "@gan-arena/core/base";
import type { Part } from "./composition.js";
import { loadConfig, type LoadedConfig } from "./config/file.js";
import type { GlobalValues } from "./options.js";
import { portable, type PluginReference } from "./plugins/resolve.js";
import type { Output } from "./terminal/output.js";

export interface Context {
  /** Absolute. */
  readonly home: string;
  readonly json: boolean;
  readonly config: LoadedConfig;
  readonly output: Output;
  /** The plugins of the config file, then those of the command line. */
  readonly plugins: readonly PluginReference[];
  /** A command line that works with the same store, to show to the user. */
  commandLine(words: string): string;
  /** Loads the parts of gan-arena that the command needs, and all plugins. @param more plugins that a run names */
  compose(parts: readonly Part[], more?: readonly PluginReference[]): Promise<DependencyContainer>;
}

/** @throws GanError when the config file is wrong */
export async function createContext(globals: GlobalValues, cwd: string, output: Output): Promise<Context> {
  const config = await loadConfig(cwd, globals.config);
  const { home: named, plugins: configured } = config.values;
  const home = globals.home === undefined ? resolve(config.directory, named ?? "arena") : resolve(cwd, globals.home);
  const plugins = [
    ...configured.map((specifier) => ({ specifier, base: config.directory })),
    ...globals.plugin.map((specifier) => ({ specifier, base: cwd })),
  ];
  return {
    home,
    json: globals.json,
    config,
    output,
    plugins,
    commandLine: (words) =>
      ["gan-arena", words, ...flagOf("--home", globals.home), ...flagOf("--config", globals.config)].join(" "),
    async compose(parts, more = []) {
      const { compose } = await import("./composition.js");
      return compose(parts, distinct([...plugins, ...more]), home);
    },
  };
}

/** The same plugin named twice, by the config file and by a run, is loaded once. */
function distinct(plugins: readonly PluginReference[]): PluginReference[] {
  const seen = new Map(plugins.map((plugin) => [portable(plugin), plugin]));
  return [...seen.values()];
}

const flagOf = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [name, /^[\w./:@=+-]+$/u.test(value) ? value : JSON.stringify(value)];
