/** @file Dependency injection: one token per extension point. Plugins export `register(container)`. */
import { createRequire } from "node:module";
import type * as Tsyringe from "tsyringe";
import type { DependencyContainer, InjectionToken } from "tsyringe";
import type { Dataset } from "./contracts/dataset.js";
import type { EngineFactory } from "./contracts/engine.js";
import type { Metric } from "./contracts/metric.js";
import type { RunSpec, Tracker } from "./contracts/tracker.js";
import type { GanVariant } from "./contracts/variant.js";
import { badPlugin, unknownName } from "./errors.js";
import { withPartsSettings } from "./parts/schema.js";

/** Makes a tracker for one run; `home` is the store's folder. */
export interface TrackerFactory {
  readonly name: string;
  create(run: RunSpec, home: string): Tracker;
}

/** Variants are registered whatever the type of their config is. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyVariant = GanVariant<any>;
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyDataset = Dataset<any>;

export const VARIANT: InjectionToken<AnyVariant> = Symbol.for("gan-arena/variant");
export const DATASET: InjectionToken<AnyDataset> = Symbol.for("gan-arena/dataset");
export const METRIC: InjectionToken<Metric> = Symbol.for("gan-arena/metric");
export const ENGINE: InjectionToken<EngineFactory> = Symbol.for("gan-arena/engine");
export const TRACKER: InjectionToken<TrackerFactory> = Symbol.for("gan-arena/tracker");
/** The folder of runs, for plugins that keep something there; registered before the plugins are. */
export const HOME: InjectionToken<string> = Symbol.for("gan-arena/home");

const require = createRequire(import.meta.url);

/** A fresh container that shares nothing with the global one. Loads tsyringe, which quick commands do without. */
export function createContainer(): DependencyContainer {
  require("reflect-metadata"); // tsyringe refuses to load before it
  const { container } = require("tsyringe") as typeof Tsyringe;
  return container.createChildContainer();
}

/** All plugins of one kind, sorted by name; a name that is taken twice is refused. */
export function allOf<T extends { readonly name: string }>(
  container: DependencyContainer,
  token: InjectionToken<T>,
): T[] {
  if (!container.isRegistered(token)) return [];
  const plugins = container
    .resolveAll(token)
    .map((plugin) => withSharedSettings(token, plugin))
    .sort((a, b) => a.name.localeCompare(b.name));
  plugins.forEach((plugin, i) => {
    if (i > 0 && plugins[i - 1]?.name === plugin.name)
      throw badPlugin(plugin.name, `two plugins have the name "${plugin.name}"; rename one of them or leave it out`);
  });
  return plugins;
}

/** Variants get the settings that all of them share; a plugin does nothing for it. */
const withSharedSettings = <T>(token: InjectionToken<T>, plugin: T): T =>
  token === (VARIANT as unknown) ? (withPartsSettings(plugin as AnyVariant) as T) : plugin;

/** The plugin of that name. @throws GanError UNKNOWN_NAME with the nearest known name */
export function named<T extends { readonly name: string }>(
  container: DependencyContainer,
  token: InjectionToken<T>,
  name: string,
  kind: string,
): T {
  const plugins = allOf(container, token);
  const found = plugins.find((plugin) => plugin.name === name);
  if (!found)
    throw unknownName(
      kind,
      kind,
      name,
      plugins.map((plugin) => plugin.name),
    );
  return found;
}

export type { DependencyContainer };
