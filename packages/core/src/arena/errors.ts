/** @file The arena's messages. What a variant's author got wrong is BAD_PLUGIN; the place is `[variant/phase]`. */
import { GanError, badPlugin, formatShape, suggest } from "../errors.js";

/** @param what is declared wrongly @param advice what to write instead */
export const badVariant = (where: string, what: string, advice: string): GanError =>
  badPlugin(where, `${what}; ${advice}`);

export const unknownPart = (where: string, kind: string, name: string, known: readonly string[]): GanError =>
  badPlugin(where, `there is no ${kind} "${name}"; ${suggest(name, known)}`);

export const nameTaken = (where: string, kind: string, name: string): GanError =>
  badVariant(where, `two ${kind}s have the name "${name}"`, "rename one of them");

export const badName = (where: string, kind: string, name: string): GanError =>
  badVariant(
    where,
    `the name of a ${kind} must be letters, digits, "_" and "-", starting with a letter, got "${name}"`,
    "rename it",
  );

export const badRepeat = (phase: string, round: number, got: number): GanError =>
  badVariant(
    phase,
    `repeat must give a whole number from 1 on, got ${got} for round ${round}`,
    "let the function return how often the phase is played in that round",
  );

export const notAScalar = (where: string, kind: string, name: string, shape: readonly number[]): GanError =>
  badVariant(
    where,
    `${kind} "${name}" must be a scalar, got ${formatShape(shape)}`,
    "reduce it with mean() over the batch",
  );

export const notReached = (where: string, network: string): GanError =>
  badVariant(
    where,
    `the phase updates "${network}", but no term depends on its parameters`,
    `let the loss call ${network}(…) or take it out of updates`,
  );

export const noRealData = (variant: string, critics: readonly string[]): GanError =>
  badVariant(
    variant,
    `no phase draws a real batch and updates a critic (${critics.length > 0 ? critics.join(", ") : "there is none"}), so progress in kimg would never advance`,
    "draw batch() in the phase that updates the critic, or name the critics in `critics`",
  );

export const replayTooEarly = (where: string, draw: string, source: string, emitted: readonly string[]): GanError =>
  badVariant(
    where,
    `draw "${draw}" replays "${source}", which no earlier phase emits (emitted so far: ${emitted.length > 0 ? emitted.join(", ") : "nothing"})`,
    `return it as emits: { ${source}: … } from a phase that stands before this one`,
  );

/** @param expected and @param got shapes with the batch axis */
export const servedOtherwise = (dataset: string, field: string, expected: readonly number[], got: readonly number[]): GanError =>
  badPlugin(
    dataset,
    `the data set declares the field "${field}" as ${formatShape(expected)}, got ${formatShape(got)}; make batch() and spec.fields agree`,
  );

export interface NotFinite {
  readonly variant: string;
  readonly phase: string;
  readonly term: string;
  readonly value: number;
  readonly kimg: number;
  /** File of the last checkpoint, if one was written. */
  readonly checkpoint?: string;
}

export const notFinite = ({ variant, phase, term, value, kimg, checkpoint }: NotFinite): GanError =>
  new GanError(
    "NOT_FINITE",
    `[${variant}/${phase}] term "${term}" must be a finite number, got ${value} at ${kimg.toFixed(3)} kimg ` +
      `(${checkpoint === undefined ? "no checkpoint was written yet" : `last good checkpoint: ${checkpoint}`}); ` +
      "lower the learning rate, or add or strengthen a regulariser",
  );

/** @param what the function of the variant's author */
export const returnedPromise = (where: string, what: string): GanError =>
  badVariant(
    where,
    `${what} must return its result at once, got a promise`,
    "make it a plain function: it is compiled once, and there are no values to wait for",
  );
