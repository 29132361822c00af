/** @file Gives the parts that a config switches on their effect on a variant, whatever its loss is. */
import type { DataSpec } from "../contracts/dataset.js";
import type { Network, Phase } from "../contracts/variant.js";
import type { AnyVariant } from "../di.js";
import type { OptimizerSpec } from "../optimizers/optimizer.js";
import { criticsOf } from "./critics.js";
import { neverApplied, noCritic, unknownNetwork, unknownOption } from "./errors.js";
import { phaseWithParts } from "./phase.js";
import { copyOf, partsOf, type OptimizerSettings, type RegularizerSettings } from "./schema.js";
import { spectrally } from "./spectral.js";

export type PartName = keyof RegularizerSettings;

export interface AppliedParts {
  /** The variant itself when nothing is switched on. */
  readonly variant: AnyVariant;
  /** To be called once all phases were traced. @throws GanError BAD_CONFIG for a part that found nothing to act on */
  check(): void;
}

/** What a part needs, as the end of "it needs …". */
const NEEDS: Readonly<Record<PartName, string>> = {
  r1: "a phase that shows a real batch, as it was drawn, to a critic that the phase moves",
  r2: "a phase that shows generated samples to a critic that the phase moves",
  gradientPenalty:
    "a phase that shows a real batch, as it was drawn, and generated samples to a critic that the phase moves",
  dragan: "a phase that shows a real batch, as it was drawn, to a critic that the phase moves",
  lecam: "a phase that shows a real batch, as it was drawn, and generated samples to a critic that the phase moves",
  labelSmoothing: "a phase that shows a real batch, as it was drawn, to a critic that the phase moves",
  spectralNorm: "a critic made of nn.dense, nn.conv2d or nn.convTranspose2d",
  instanceNoise: "a phase that calls a critic",
  diffAugment: "a phase that calls a critic",
  ada: "a phase that shows a real batch, as it was drawn, to a critic that the phase moves",
  packing: "a phase that calls a critic",
  topK: "a phase that shows generated samples to a critic and moves none",
};

/** Whether the settings of a part do anything. */
const ON: { readonly [K in PartName]-?: (settings: NonNullable<RegularizerSettings[K]>) => boolean } = {
  r1: ({ gamma }) => gamma > 0,
  r2: ({ gamma }) => gamma > 0,
  gradientPenalty: ({ lambda }) => lambda > 0,
  dragan: ({ lambda }) => lambda > 0,
  lecam: ({ lambda }) => lambda > 0,
  labelSmoothing: ({ alpha }) => alpha > 0,
  spectralNorm: (on) => on,
  instanceNoise: ({ std }) => std > 0,
  diffAugment: () => true,
  ada: () => true,
  packing: ({ samples }) => samples > 1,
  topK: ({ fraction }) => fraction < 1,
};

function isOn<K extends PartName>(name: K, settings: RegularizerSettings[K]): boolean {
  // The index type of a mapped type does not narrow with its key.
  const on = ON[name] as (settings: NonNullable<RegularizerSettings[K]>) => boolean;
  return settings !== undefined && on(settings);
}

/**
 * The variant with the parts of its config. With none switched on it is the same object, so nothing can differ.
 * @throws GanError BAD_CONFIG, from the variant's functions, when a part cannot be applied
 */
export function applyParts(variant: AnyVariant, config: unknown): AppliedParts {
  const { regularizers = {}, optimizer = {} } = partsOf(variant, config);
  const on = (Object.keys(NEEDS) as PartName[]).filter((name) => isOn(name, regularizers[name]));
  const tuned = Object.keys(optimizer).length > 0;
  if (on.length === 0 && !tuned) return { variant, check: () => undefined };
  const active = Object.fromEntries(on.map((name) => [name, regularizers[name]])) as RegularizerSettings;
  const applied = new Set<PartName>();
  const mark = (name: PartName) => void applied.add(name);

  const critics = (data: DataSpec): readonly string[] => {
    const networks = Object.keys(variant.networks(config, data));
    const found = criticsOf(variant, networks);
    if (found.length === 0) throw noCritic(variant.name, on[0], networks);
    return found;
  };
  const own = {
    networks(_: unknown, data: DataSpec): Record<string, Network> {
      const networks = { ...variant.networks(config, data) } as Record<string, Network>;
      if (active.spectralNorm)
        for (const name of critics(data)) networks[name] = spectrally(networks[name], () => mark("spectralNorm"));
      return networks;
    },
    optimizers: (_: unknown, data: DataSpec) => tune(variant.name, variant.optimizers(config, data), optimizer),
    phases(_: unknown, data: DataSpec): readonly Phase[] {
      const phases = variant.phases(config, data);
      if (on.length === 0) return phases;
      const context = { where: variant.name, settings: active, critics: critics(data), data, phases, mark };
      return phases.map((phase) => phaseWithParts(phase, { ...context, where: `${variant.name}/${phase.name}` }));
    },
  };
  return {
    variant: copyOf(variant, own),
    check() {
      const idle = on.find((name) => !applied.has(name));
      if (idle !== undefined) throw neverApplied(variant.name, idle, NEEDS[idle]);
    },
  };
}

/** Two time-scales and more: Heusel et al. 2017, arXiv:1706.08500. */
function tune(
  variant: string,
  specs: Readonly<Record<string, OptimizerSpec>>,
  changes: OptimizerSettings,
): Record<string, OptimizerSpec> {
  const result = { ...specs };
  for (const [network, settings] of Object.entries(changes)) {
    if (!Object.hasOwn(specs, network)) throw unknownNetwork(variant, network, Object.keys(specs));
    const spec = specs[network];
    const known = Object.keys(spec.settings ?? {});
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    const stranger = given.find(([name]) => !known.includes(name));
    const where = `${variant}/optimizer.${network}`;
    if (given.length > 0 && (stranger || !spec.tuned))
      throw unknownOption(where, spec.name, (stranger ?? given[0])[0], spec.tuned ? known : []);
    if (spec.tuned && given.length > 0) result[network] = spec.tuned(Object.fromEntries(given));
  }
  return result;
}
