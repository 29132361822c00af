/** @file One phase with parts: more draws and memory, watched critics, more terms. */
import type { DataSpec } from "../contracts/dataset.js";
import type { Draw, MemoryCell, Phase, PhaseResult, TensorMap, Terms } from "../contracts/variant.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { ADA_NUMBERS, adaptiveAugment, nextProbability, type AdaGroup } from "./ada.js";
import { AUGMENT_NUMBERS, diffAugment, type Augmentation } from "./augment.js";
import { drawTaken, noiseShape, severalInputs } from "./errors.js";
import { instanceNoise, noiseLevel } from "./instance-noise.js";
import { packed } from "./packing.js";
import { record, type CriticCall } from "./recorder.js";
import type { RegularizerSettings } from "./schema.js";
import { topK } from "./scores.js";
import { addedTerm, isTerm, type TermName } from "./terms.js";

export interface PartsContext {
  /** `variant/phase`, for messages. */
  readonly where: string;
  /** Only what is switched on. */
  readonly settings: RegularizerSettings;
  readonly critics: readonly string[];
  readonly data: DataSpec;
  /** All phases of the variant. */
  readonly phases: readonly Phase[];
  /** Called with each part that found something to act on. */
  readonly mark: (part: keyof RegularizerSettings) => void;
}

/** Names of what parts draw and remember. The second of a pair is for what is not a real batch. */
const DRAWN = {
  epsilon: "partsEpsilon",
  perturbation: "partsPerturbation",
  noise: ["partsNoiseReal", "partsNoiseFake"],
  augment: ["partsAugmentReal", "partsAugmentFake"],
  ada: ["partsAdaReal", "partsAdaFake"],
} as const;
const PLAYS = "partsPlays";
const PROBABILITY = "partsProbability";
const meanCells = (critic: string) => ({ realMean: `partsRealMean${critic}`, fakeMean: `partsFakeMean${critic}` });

/** Whether a play of the phase moves a critic on real samples: only such phases get penalties. */
const teaches = ({ updates, draws }: Phase, critics: readonly string[]): boolean =>
  updates.some((name) => critics.includes(name)) && Object.values(draws).some(({ kind }) => kind === "batch");

/** The phase with the parts. @throws GanError BAD_PLUGIN when it draws something under a name that parts use */
export function phaseWithParts(phase: Phase, context: PartsContext): Phase {
  const { settings, critics, where } = context;
  const learners = phase.updates.filter((name) => critics.includes(name));
  const draws = extraDraws(phase, context);
  // One phase measures how sure D is of real samples; all augment with the probability that it keeps.
  const measures = context.phases.find((other) => teaches(other, critics))?.name;
  const adapts = settings.ada !== undefined && phase.name === measures;
  const reads: Record<string, MemoryCell> = {};
  if (settings.ada && !adapts && measures !== undefined) reads[PROBABILITY] = { phase: measures, cell: PROBABILITY };
  const memory = { ...extraMemory(learners, settings), ...(adapts ? { [PROBABILITY]: 0 } : {}) };
  for (const name of [...Object.keys(draws), ...Object.keys(memory), ...Object.keys(reads)])
    if (name in phase.draws || name in (phase.memory ?? {})) throw drawTaken(where, name);

  return {
    ...phase,
    draws: { ...phase.draws, ...draws },
    memory: { ...phase.memory, ...memory },
    reads: { ...phase.reads, ...reads },
    loss(nets, inputs, cells) {
      const batches = Object.entries(phase.draws).flatMap(([name, { kind }]) =>
        kind === "batch" ? [inputs[name]] : [],
      );
      const remember: Record<string, Tensor> = {};
      const see = seeing(phase, { ...context, inputs, cells, remember });
      const recorder = record({
        nets,
        critics,
        batches,
        see,
        answer(scores, { real }) {
          if (!settings.topK || real || learners.length > 0) return scores;
          context.mark("topK");
          return topK(scores, settings.topK.fraction);
        },
      });
      const result = phase.loss(recorder.nets, hiding(inputs, draws), hiding(cells, { ...memory, ...reads }));
      const added: Record<string, Terms> = {};
      for (const critic of learners) {
        const calls = recorder.calls.filter((call) => call.critic === critic);
        added[critic] = termsOf(critic, { ...context, inputs, cells, remember, calls, D: recorder.nets[critic] });
      }
      const probes = adapts ? adapting(recorder.calls, { ...context, inputs, cells, remember }) : {};
      return merged({ ...result, probes: { ...result.probes, ...probes } }, added, remember);
    },
  };
}

function extraDraws(phase: Phase, { settings, critics, data }: PartsContext): Record<string, Draw> {
  const { shape } = data.fields["x"];
  const draws: Record<string, Draw> = {};
  if (teaches(phase, critics)) {
    if (settings.gradientPenalty) draws[DRAWN.epsilon] = { kind: "uniform", low: 0, high: 1 };
    if (settings.dragan) draws[DRAWN.perturbation] = { kind: "uniform", shape, low: 0, high: 1 };
  }
  if (settings.instanceNoise) for (const name of DRAWN.noise) draws[name] = { kind: "normal", shape };
  if (settings.diffAugment)
    for (const name of DRAWN.augment) draws[name] = { kind: "uniform", shape: [AUGMENT_NUMBERS], low: 0, high: 1 };
  if (settings.ada)
    for (const name of DRAWN.ada) draws[name] = { kind: "uniform", shape: [ADA_NUMBERS], low: 0, high: 1 };
  return draws;
}

function extraMemory(
  learners: readonly string[],
  { lecam, instanceNoise }: RegularizerSettings,
): Record<string, number> {
  const memory: Record<string, number> = {};
  if (instanceNoise && instanceNoise.decayKimg > 0) memory[PLAYS] = 0;
  if (lecam) for (const critic of learners) for (const cell of Object.values(meanCells(critic))) memory[cell] = 0;
  return memory;
}

interface Playing extends PartsContext {
  readonly inputs: TensorMap;
  readonly cells: TensorMap;
  /** Grows. */
  readonly remember: Record<string, Tensor>;
}

/** What critics see: noise first, as it belongs to the samples, then augmentations, then packs. */
function seeing(phase: Phase, { where, settings, inputs, cells, remember, mark, phases, critics }: Playing) {
  const { instanceNoise: noise, diffAugment: augment, ada, packing } = settings;
  let level: Tensor | undefined;
  if (noise) {
    const plays: Tensor | undefined = noise.decayKimg > 0 ? cells[PLAYS] : undefined;
    level = noiseLevel(noise, { plays, samples: samplesPerPlay(phase, phases, critics), batch: batchOf(inputs) });
    if (plays) remember[PLAYS] = tf.add(plays, 1);
  }
  return (x: Tensor, { real, inputs: count }: { readonly real: boolean; readonly inputs: number }): Tensor => {
    const side = real ? 0 : 1;
    let seen = x;
    if (level) {
      const drawn = inputs[DRAWN.noise[side]];
      if (!tf.util.arraysEqual(drawn.shape, x.shape)) throw noiseShape(where, drawn.shape, x.shape);
      mark("instanceNoise");
      seen = instanceNoise(seen, drawn, level);
    }
    if (augment) {
      mark("diffAugment");
      seen = diffAugment(seen, inputs[DRAWN.augment[side]], augment.policy.split(",") as Augmentation[]);
    }
    if (ada && PROBABILITY in cells) {
      const groups = ada.groups.split(",") as AdaGroup[];
      seen = adaptiveAugment(seen, inputs[DRAWN.ada[side]], { p: cells[PROBABILITY], groups });
    }
    if (packing) {
      if (count > 1) throw severalInputs(where, "packing", count);
      mark("packing");
      seen = packed(seen, packing.samples);
    }
    return seen;
  };
}

/** Remembers the next probability of augmentations. @returns what is logged of it */
function adapting(calls: readonly CriticCall[], { settings, inputs, cells, remember, mark }: Playing): TensorMap {
  const real = calls.filter((call) => call.real);
  if (!settings.ada || real.length === 0) return {};
  mark("ada");
  const scores = tf.concat(real.map((call) => tf.reshape(call.scores, [-1])));
  const { p, overfitting } = nextProbability(cells[PROBABILITY], scores, { ...settings.ada, batch: batchOf(inputs) });
  remember[PROBABILITY] = p;
  return { "ada/probability": p, "ada/overfitting": overfitting };
}

/** The batch size: every draw has one value per sample. */
const batchOf = (inputs: TensorMap): number => Object.values(inputs)[0]?.shape[0] ?? 1;

/** Plays of the critics' phases on real samples for one play of this phase, as far as rounds are all alike. */
function samplesPerPlay(phase: Phase, phases: readonly Phase[], critics: readonly string[]): number {
  const rate = ({ repeat = 1, every = 1 }: Phase): number => (typeof repeat === "number" ? repeat : repeat(0)) / every;
  const shown = phases.filter((other) => teaches(other, critics)).reduce((sum, other) => sum + rate(other), 0);
  return shown / rate(phase);
}

function termsOf(
  critic: string,
  {
    where,
    settings,
    inputs,
    cells,
    remember,
    calls,
    D,
    mark,
  }: Playing & {
    readonly calls: readonly CriticCall[];
    readonly D: (...inputs: Tensor[]) => Tensor;
  },
): Terms {
  const terms: Record<string, Tensor> = {};
  const names = Object.keys(settings).filter((name): name is TermName => isTerm(name));
  const cell = meanCells(critic);
  for (const name of names) {
    const added = addedTerm(name, settings, {
      where,
      D,
      real: calls.filter(({ real }) => real),
      fake: calls.filter(({ real }) => !real),
      // Read only by the parts that draw them.
      draws: {
        epsilon: settings.gradientPenalty && inputs[DRAWN.epsilon],
        perturbation: settings.dragan && inputs[DRAWN.perturbation],
      },
      means: settings.lecam && { realMean: cells[cell.realMean], fakeMean: cells[cell.fakeMean] },
    });
    if (!added) continue;
    mark(name);
    terms[name] = added.term;
    if (added.remember) {
      remember[cell.realMean] = added.remember.realMean;
      remember[cell.fakeMean] = added.remember.fakeMean;
    }
  }
  return terms;
}

/** The loss's result with more terms, under a name of their own where the loss has one of that name. */
function merged(result: PhaseResult, added: Readonly<Record<string, Terms>>, remember: TensorMap): PhaseResult {
  const { terms } = result;
  const grouped = !Object.values(terms).some((value) => value instanceof tf.Tensor);
  const critics = Object.keys(added).filter((critic) => Object.keys(added[critic]).length > 0);
  const into = (own: Terms, critic: string): Terms => ({
    ...own,
    ...Object.fromEntries(
      Object.entries(added[critic]).map(([name, term]) => {
        const full = grouped || critics.length === 1 ? name : `${name}-${critic}`;
        return [full in own ? `${full}-added` : full, term];
      }),
    ),
  });
  const all = grouped
    ? Object.fromEntries(
        Object.entries(terms as Readonly<Record<string, Terms>>).map(([network, own]) => [
          network,
          critics.includes(network) ? into(own, network) : own,
        ]),
      )
    : critics.reduce<Terms>((own, critic) => into(own, critic), terms as Terms);
  return { ...result, terms: all, remember: { ...result.remember, ...remember } };
}

/** The record without the names that parts added: a loss may take all that it draws. */
const hiding = (record: TensorMap, hidden: Readonly<Record<string, unknown>>): TensorMap =>
  new Proxy(record, {
    ownKeys: (target) => Reflect.ownKeys(target).filter((key) => typeof key === "symbol" || !(key in hidden)),
  });
