/** @file The terms that parts add to a critic's phase. */
import { dragan, gradientPenalty, lecam, r1, r2, type Critic } from "../penalties/index.js";
import { stopGradient } from "../tensor/ops/stop-gradient.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { notPaired } from "./errors.js";
import type { CriticCall } from "./recorder.js";
import { labelSmoothing } from "./scores.js";
import type { RegularizerSettings } from "./schema.js";

/** Parts that are terms, in the order in which they are added, each with what it needs to be shown to a critic. */
const TERMS = {
  r1: "real",
  r2: "fake",
  gradientPenalty: "both",
  dragan: "real",
  lecam: "both",
  labelSmoothing: "real",
} as const satisfies Partial<Record<keyof RegularizerSettings, "real" | "fake" | "both">>;

export type TermName = keyof typeof TERMS;

export const isTerm = (name: string): name is TermName => Object.hasOwn(TERMS, name);

/** What one critic was shown in one play, and what was drawn for its penalties. */
export interface TermInputs {
  /** For messages. */
  readonly where: string;
  /** The critic as the loss sees it: penalties go through the same augmentations. */
  readonly D: (...inputs: Tensor[]) => Tensor;
  readonly real: readonly CriticCall[];
  readonly fake: readonly CriticCall[];
  readonly draws: { readonly epsilon?: Tensor; readonly perturbation?: Tensor };
  /** Running means of scores, for LeCam. */
  readonly means?: { readonly realMean: Tensor; readonly fakeMean: Tensor };
}

export interface AddedTerm {
  readonly term: Tensor;
  readonly remember?: { readonly realMean: Tensor; readonly fakeMean: Tensor };
}

/** The term, or undefined when the critic was not shown what it needs. @throws GanError BAD_CONFIG */
export function addedTerm(name: TermName, settings: RegularizerSettings, inputs: TermInputs): AddedTerm | undefined {
  const { real, fake, D, draws, where } = inputs;
  const needs = TERMS[name];
  if (needs !== "fake" && real.length === 0) return undefined;
  if (needs !== "real" && fake.length === 0) return undefined;
  const critic =
    ({ rest }: CriticCall): Critic =>
    (x) =>
      D(x, ...rest);
  const at = (call: CriticCall): Tensor => stopGradient(call.x);
  const meanOver = (calls: readonly CriticCall[], term: (call: CriticCall) => Tensor): AddedTerm => ({
    term: tf.div(
      calls.map(term).reduce((a, b) => tf.add(a, b)),
      calls.length,
    ),
  });
  switch (name) {
    case "r1":
      return meanOver(distinct(real), (call) => r1(critic(call), at(call), { gamma: settings.r1?.gamma ?? 0 }));
    case "r2":
      return meanOver(distinct(fake), (call) => r2(critic(call), at(call), { gamma: settings.r2?.gamma ?? 0 }));
    case "dragan": {
      const { lambda = 0, scale } = settings.dragan ?? {};
      return meanOver(distinct(real), (call) =>
        tf.mul(lambda, dragan(critic(call), at(call), draws.perturbation as Tensor, { scale })),
      );
    }
    case "gradientPenalty": {
      const { lambda = 0, target, sided } = settings.gradientPenalty ?? {};
      const [x, xTilde] = pair(where, name, real, fake);
      const xHat = tf.add(xTilde, tf.mul(draws.epsilon as Tensor, tf.sub(x, xTilde)));
      return { term: tf.mul(lambda, gradientPenalty(critic(real[0]), stopGradient(xHat), { target, sided })) };
    }
    case "lecam": {
      const { lambda = 0, decay } = settings.lecam ?? {};
      const scores = { real: real[0].scores, fake: fake[0].scores };
      const means = inputs.means as NonNullable<TermInputs["means"]>;
      const { penalty, ...remember } = lecam({ ...scores, ...means }, { decay });
      return { term: tf.mul(lambda, penalty), remember };
    }
  }
  return meanOver(real, ({ scores }) => labelSmoothing(scores, settings.labelSmoothing?.alpha ?? 0));
}

/** Calls with one input each: a critic asked twice about the same samples has one slope there. */
const distinct = (calls: readonly CriticCall[]): readonly CriticCall[] =>
  calls.filter((call, i) => calls.findIndex(({ x }) => x === call.x) === i);

function pair(where: string, part: string, [a]: readonly CriticCall[], [b]: readonly CriticCall[]): [Tensor, Tensor] {
  const [real, fake] = [a.x, b.x];
  if (!tf.util.arraysEqual(real.shape, fake.shape)) throw notPaired(where, part, real.shape, fake.shape);
  return [real, fake];
}
