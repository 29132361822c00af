/** @file The one place that knows which packages gan-arena is made of. Each is loaded only when a command needs it. */
import { createContainer, type DependencyContainer } from "@gan-arena/core/base";
import { loadPlugin } from "./plugins/load.js";
import type { PluginReference } from "./plugins/resolve.js";

export type Part = "variants" | "datasets" | "metrics" | "engines";

type Registration = { readonly register: (container: DependencyContainer) => void };

const PARTS: Readonly<Record<Part, () => readonly Promise<Registration>[]>> = {
  variants: () => [import("@gan-arena/variants-gan"), import("@gan-arena/variants-dcgan")],
  datasets: () => [import("@gan-arena/datasets")],
  metrics: () => [import("@gan-arena/metrics")],
  engines: () => [import("@gan-arena/engine")],
};

/**
 * A container with our own packages and the user's plugins.
 * @param parts what the command is going to ask for; variants and engines load TensorFlow.js
 */
export async function compose(
  parts: readonly Part[],
  plugins: readonly PluginReference[],
): Promise<DependencyContainer> {
  const container = createContainer();
  const packages = await Promise.all(parts.flatMap((part) => PARTS[part]()));
  for (const { register } of packages) register(container);
  for (const plugin of plugins) await loadPlugin(container, plugin);
  return container;
}
