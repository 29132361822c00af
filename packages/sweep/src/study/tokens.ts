/** @file What a plugin registers its samplers and pruners under. */
import type { allOf } from "@gan-arena/core/base";
import type { PrunerFactory, SamplerFactory } from "./plugins.js";

/** @example container.register(SAMPLER, { useValue: definePlugin({ name, summary, options, create }) }) */
export const SAMPLER: Parameters<typeof allOf<SamplerFactory>>[1] = Symbol.for("gan-arena/sampler");
export const PRUNER: Parameters<typeof allOf<PrunerFactory>>[1] = Symbol.for("gan-arena/pruner");
