/** @file Picks and makes the engine of a run. */
import {
  allOf,
  ENGINE,
  named,
  type DependencyContainer,
  type Engine,
  type EngineFactory,
  type EngineOptions,
} from "@gan-arena/core/base";
import { engineUnavailable, noEngine, noProviders } from "../errors.js";
import { cacheFolder } from "../folders.js";

export interface EngineChoice {
  /** A name, or `auto` for the best one that can run here. */
  readonly engine: string;
  /** 0 = as many as there are cores. */
  readonly threads: number;
  /** Where it computes; only for engines that can do so in several places. */
  readonly provider?: string | undefined;
  /** Whether it may choose by measuring how it computes; default: it makes the same choices on every machine of one kind. */
  readonly measureLowerings?: boolean;
}

type Extra = Pick<EngineOptions, "choices" | "note">;

/** @throws GanError UNKNOWN_NAME; MISSING_DEPENDENCY when it cannot run here, with the engine's own reason */
export async function makeEngine(
  container: DependencyContainer,
  { engine, threads, provider, measureLowerings = false }: EngineChoice,
  extra: Extra = {},
): Promise<Engine> {
  const factory = engine === "auto" ? await best(container) : await usable(named(container, ENGINE, engine, "engine"));
  if (provider !== undefined && !factory.providers) throw noProviders(factory.name, provider);
  return factory.create({
    threads,
    deterministic: !measureLowerings,
    cache: cacheFolder(),
    ...(provider === undefined ? {} : { provider }),
    ...extra,
  });
}

export const byRank = (container: DependencyContainer): EngineFactory[] =>
  allOf(container, ENGINE).sort((a, b) => b.rank - a.rank);

async function best(container: DependencyContainer): Promise<EngineFactory> {
  const reasons: string[] = [];
  for (const factory of byRank(container)) {
    const reason = await factory.unavailable();
    if (reason === undefined) return factory;
    reasons.push(`${factory.name}: ${reason}`);
  }
  throw noEngine(reasons);
}

async function usable(factory: EngineFactory): Promise<EngineFactory> {
  const reason = await factory.unavailable();
  if (reason !== undefined) throw engineUnavailable(factory.name, reason);
  return factory;
}
