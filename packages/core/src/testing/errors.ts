/** @file What a conformance check says when a plugin fails it. */
import { type GanError, badPlugin } from "../errors.js";

/** @param expected what the contract says @param got what was found @param advice where to look */
const violated = (where: string, expected: string, got: string, advice: string): GanError =>
  badPlugin(where, `${expected}, got ${got}; ${advice}`);

export const movedForeign = (where: string, entry: string): GanError =>
  violated(
    where,
    "a phase may change only the networks that it updates",
    `a change in "${entry}"`,
    "take the network into updates, or do not write its states in this phase",
  );

export const notMoved = (where: string, network: string): GanError =>
  violated(
    where,
    `the phase must move the network "${network}" that it updates`,
    "the same parameters after three plays",
    "check that its loss depends on the network and that the learning rate is not 0",
  );

export const enginesDiffer = (
  where: string,
  what: string,
  difference: { readonly relative: number; readonly rtol: number; readonly engines: readonly [string, string] },
): GanError =>
  violated(
    where,
    `${what} must be equal on ${difference.engines.join(" and ")} within rtol ${difference.rtol}`,
    `a relative difference of ${difference.relative.toExponential(2)}`,
    "one of the ops that the phase uses is computed differently",
  );

export const wrongShape = (
  where: string,
  what: string,
  expected: string,
  got: readonly number[],
  advice: string,
): GanError => violated(where, `${what} must be ${expected}`, `[${got.join(",")}]`, advice);

/** @param bounds "0 and 1" for a sigmoid, "-1 and 1" for tanh */
export const squashedScores = (where: string, kind: "sigmoid" | "tanh"): GanError =>
  violated(
    where,
    "a critic must return raw scores, higher = more real, of any size",
    `only values between ${kind === "sigmoid" ? "0" : "-1"} and 1, whatever its weights: it ends in a ${kind} or the like`,
    `leave the ${kind} out; the losses contain it`,
  );

export const notReproduced = (where: string, what: string): GanError =>
  violated(
    where,
    "the same seed must give the same bits",
    `two plays from one state that differ in ${what}`,
    "draw noise by normal() or uniform() in draws, and keep nothing in variables outside the loss",
  );

export const drawsByItself = (where: string): GanError =>
  violated(
    where,
    "all randomness must come from draws",
    "a call of Math.random or of an op that uses it, such as tf.randomNormal",
    "declare the noise in draws, by normal() or uniform(), and take it from the inputs of the loss",
  );

export const noisePerBatch = (where: string, draw: string, batchSize: number): GanError =>
  violated(
    where,
    `every one of the ${batchSize} samples must have noise of its own`,
    `a loss that looks at one row of "${draw}" only: noise per batch`,
    `use the whole tensor "${draw}", whose first axis is the batch; do not slice, tile or average it`,
  );

export const samplesCoupled = (where: string, draw: string): GanError =>
  violated(
    where,
    "sample i of a view must depend on row i of its noise and on no other row",
    `other samples when one row of "${draw}" changed`,
    "do not mix samples in evaluation: batch statistics are for nn.training only",
  );

export const samplesAlike = (where: string, draw: string): GanError =>
  violated(
    where,
    "every sample of a view must have noise of its own",
    `the same sample whatever its row of "${draw}" is`,
    "render from the draw as a whole: its first axis is the batch",
  );

export const termNotFinite = (where: string, term: string, value: number, play: number): GanError =>
  violated(
    where,
    `term "${term}" must be a finite number in ${FINITE_PLAYS} plays`,
    `${value} in play ${play + 1}`,
    "look for a logarithm or a root of 0, a division by 0 or a rate that is too high; prefer softplus to log(sigmoid), and add an epsilon under roots",
  );

/** How many plays of each phase must be finite. */
export const FINITE_PLAYS = 50;

/** @param smooth whether differences of several widths agree on `numeric` */
export const gradientWrong = (
  where: string,
  parameter: string,
  { analytic, numeric, smooth }: { readonly analytic: number; readonly numeric: number; readonly smooth: boolean },
): GanError =>
  violated(
    where,
    `the gradient for "${parameter}" must be ${smooth ? "" : "about "}${numeric.toPrecision(3)} in one direction, as differences of the loss say`,
    `${analytic.toPrecision(3)}${byHowMuch(analytic, numeric)}`,
    "look for a stopGradient, a state that is written from the parameter, or a custom gradient that is wrong",
  );

/** The factor between the two, which often is the mistake itself: 2, 1/2, -1, the batch size. */
const byHowMuch = (analytic: number, numeric: number): string =>
  numeric === 0 || analytic === 0 ? "" : `, ${(analytic / numeric).toPrecision(3)} times as much`;

export const notCompiled = (where: string, engine: string): GanError =>
  violated(where, `${engine} must compile the phase`, "an eager program", "use ops that the engine supports");

export const notResumed = (where: string, what: string): GanError =>
  violated(
    where,
    "a run that goes on from a checkpoint must end with the bits of one that never stopped",
    what,
    "keep numbers in memory, state or parameters, which are saved; variables of the module are not",
  );

export const leaks = (where: string, tensors: number): GanError =>
  violated(
    where,
    "plays must leave no tensor behind",
    `${tensors} more after each`,
    "do not tf.keep() tensors or make tf.variable()s: parameters come from nn.param, numbers from memory",
  );

export const ringNotLearnt = (
  where: string,
  { modes, near, kimg }: { readonly modes: number; readonly near: number; readonly kimg: number },
): GanError =>
  violated(
    where,
    `after ${kimg} kimg at least 6 of the ring's 8 modes must be found, and half of the points must be on one`,
    `${modes} modes and ${Math.round(100 * near)} %`,
    "check the sign of the losses, the rates and how often each phase is played",
  );

export const settingWithout = (where: string, setting: string, what: string, advice: string): GanError =>
  violated(where, `the setting "${setting}" must have ${what}`, "none", advice);

/** A property that a plugin declares or shows and that does not hold. */
export const mustHold = (where: string, expected: string, got: string, advice: string): GanError =>
  violated(where, expected, got, advice);
