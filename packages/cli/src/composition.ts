/** @file The one place that knows which packages gan-arena is made of. Each is loaded only when a command needs it. */
import { createContainer, HOME, type DependencyContainer } from "@gan-arena/core/base";
import { loadPlugin } from "./plugins/load.js";
import type { PluginReference } from "./plugins/resolve.js";

export type Part = "variants" | "datasets" | "metrics" | "engines" | "executors";

type Registration = { readonly register: (container: DependencyContainer) => void };

const PARTS: Readonly<Record<Part, () => readonly Promise<Registration>[]>> = {
  variants: () => [
    import("@gan-arena/variants-gan"),
    import("@gan-arena/variants-dcgan"),
    import("@gan-arena/variants-wgan"),
    import("@gan-arena/variants-lsgan"),
    import("@gan-arena/variants-cyclegan"),
    import("@gan-arena/variants-stylegan"),
  ],
  datasets: () => [import("@gan-arena/datasets")],
  metrics: () => [import("@gan-arena/metrics")],
  engines: () => [import("@gan-arena/engine")],
  executors: () => [import("@gan-arena/sweep")],
};

/**
 * A container with our own packages and the user's plugins.
 * @param parts what the command is going to ask for; variants and engines load TensorFlow.js
 * @param home where engines that were built on this machine are looked for
 */
export async function compose(
  parts: readonly Part[],
  plugins: readonly PluginReference[],
  home?: string,
): Promise<DependencyContainer> {
  const container = createContainer();
  if (home !== undefined) container.register(HOME, { useValue: home });
  const packages = await Promise.all(parts.flatMap((part) => PARTS[part]()));
  for (const { register } of packages) register(container);
  for (const plugin of plugins) await loadPlugin(container, plugin);
  return container;
}
