/** @file Samplers and pruners by name: what they are called, which options they take, and how one is made. */
import type { z } from "zod";
import type { Pruner, Sampler } from "../contracts.js";
import { badOption, unknownPlugin } from "../errors.js";
import { check } from "../space/schema.js";

/** A kind of sampler or pruner. `options` has a default for each field; keys are camelCase here and snake_case in files. */
export interface PluginFactory<T> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Other names it answers to. */
  readonly aliases?: readonly string[];
  readonly options: z.ZodObject;
  /** @param options as parsed by `options` */
  create(options: Readonly<Record<string, unknown>>): T;
}

export type SamplerFactory = PluginFactory<Sampler>;
export type PrunerFactory = PluginFactory<Pruner>;

/** A name, a name with options, or the thing itself. */
export type PluginChoice<T> = string | { readonly name: string; readonly [option: string]: unknown } | T;

/** A factory whose options are typed inside. */
export function definePlugin<T, S extends z.ZodObject>(plugin: {
  readonly name: string;
  readonly summary: string;
  readonly aliases?: readonly string[];
  readonly options: S;
  create(options: z.infer<S>): T;
}): PluginFactory<T> & { readonly options: S } {
  return { ...plugin, create: (options) => plugin.create(options as z.infer<S>) };
}

interface Resolve<T> {
  readonly kind: "sampler" | "pruner";
  readonly known: readonly PluginFactory<T>[];
  readonly isMade: (choice: object) => boolean;
}

/** @throws GanError UNKNOWN_NAME with the nearest name, BAD_CONFIG for an option that does not fit */
export function resolvePlugin<T extends object>(choice: PluginChoice<T>, { kind, known, isMade }: Resolve<T>): T {
  if (typeof choice === "object" && choice !== null && isMade(choice)) return choice as T;
  const { name, ...options } = typeof choice === "string" ? { name: choice } : (choice as { name: string });
  const factory = known.find((plugin) => plugin.name === name || plugin.aliases?.includes(name));
  if (!factory)
    throw unknownPlugin(
      kind,
      name,
      known.map((plugin) => plugin.name),
    );
  const checked = check(factory.options, options);
  const [problem] = checked.problems;
  if (problem) throw badOption([kind, factory.name, ...problem.path].join("."), problem.message);
  return factory.create(checked.value ?? {});
}
