/**
 * @file Every message a user can meet, one function each.
 *
 * A message says where, what was expected, what came and what to do; it starts with the place in brackets and
 * goes on in lower case. The command line prints it as one line and leaves with {@link GanError.exitCode}.
 */
import { distance } from "fastest-levenshtein";

export type ErrorCode =
  | "UNKNOWN_NAME"
  | "BAD_CONFIG"
  | "BAD_PLUGIN"
  | "SHAPE_MISMATCH"
  | "UNSUPPORTED_OP"
  | "BAD_CHECKPOINT"
  | "NOT_FINITE"
  | "NO_SPACE"
  | "NOT_WRITABLE"
  | "MISSING_DEPENDENCY"
  | "INTERRUPTED"
  | "INTERNAL";

/** A failure that was foreseen. `message` is complete: it can be shown to the user as it is. */
export class GanError extends Error {
  override readonly name = "GanError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
  }

  /** 2 when the user can mend it, 130 after an interruption, 1 when the fault is ours. */
  get exitCode(): 1 | 2 | 130 {
    if (this.code === "INTERNAL") return 1;
    return this.code === "INTERRUPTED" ? 130 : 2;
  }
}

/** The known name nearest to what was typed, or undefined when nothing is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(lower, candidate.toLowerCase()) }))
    // Of two that are as near, the one that was typed with letters left out: "--sed" is "--seed" rather than "--set".
    .sort((a, b) => a.edits - b.edits || Number(holds(b.candidate, lower)) - Number(holds(a.candidate, lower)));
  const best = ranked[0];
  if (!best) return undefined;
  const near = best.edits <= Math.max(2, Math.ceil(name.length / 3));
  if (near) return best.candidate;
  return known.find(
    (candidate) => candidate.toLowerCase().startsWith(lower) || lower.startsWith(candidate.toLowerCase()),
  );
}

/** Whether all letters of `part` are in `whole`, in this order. */
function holds(whole: string, part: string): boolean {
  let at = 0;
  for (const letter of whole.toLowerCase()) if (letter === part[at]) at++;
  return at === part.length;
}

/** "did you mean …?" when a known name is near, else the whole list. */
export function suggest(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const list = known.length > 0 ? `known: ${[...known].sort().join(", ")}` : "none is registered";
  return nearest === undefined ? list : `did you mean "${nearest}"? (${list})`;
}

/** An unknown variant, data set, metric, engine, network, …. @param kind what the name should have named */
export const unknownName = (where: string, kind: string, name: string, known: readonly string[]): GanError =>
  new GanError("UNKNOWN_NAME", `[${where}] there is no ${kind} "${name}"; ${suggest(name, known)}`);

export const badConfig = (where: string, problem: string): GanError =>
  new GanError("BAD_CONFIG", `[${where}] ${problem}`);

export const badPlugin = (where: string, problem: string, cause?: unknown): GanError =>
  new GanError("BAD_PLUGIN", `[${where}] ${problem}`, { cause });

/** @param what the tensor or value that is wrong @param advice what to do about it */
export const shapeMismatch = (
  where: string,
  what: string,
  expected: string,
  got: readonly number[] | string,
  advice: string,
): GanError =>
  new GanError("SHAPE_MISMATCH", `[${where}] ${what} must be ${expected}, got ${formatShape(got)}; ${advice}`);

export const badCheckpoint = (file: string, problem: string, advice: string, cause?: unknown): GanError =>
  new GanError("BAD_CHECKPOINT", `[${file}] ${problem}; ${advice}`, { cause });

export const internalError = (where: string, problem: string, cause?: unknown): GanError =>
  new GanError("INTERNAL", `[${where}] ${problem}; this is a bug in gan-arena, please report it`, { cause });

export const unsupportedOp = (where: string, problem: string, advice: string): GanError =>
  new GanError("UNSUPPORTED_OP", `[${where}] ${problem}; ${advice}`);

export const formatShape = (shape: readonly number[] | string): string =>
  typeof shape === "string" ? shape : `[${shape.join(",")}]`;

/** A setting outside its range. @param where who refuses it @param option its name @param expected its range in words */
export const optionOutOfRange = (where: string, option: string, expected: string, got: unknown): GanError =>
  badConfig(where, `${option} must be ${expected}, got ${String(got)}; change ${option}`);

export const badSeed = (stream: string, got: number): GanError =>
  badConfig(
    `random/${stream}`,
    `a seed must be a whole number between -2^53 and 2^53, got ${got}; choose another seed`,
  );

export const badDraw = (stream: string, what: string, expected: string, got: number): GanError =>
  internalError(`random/${stream}`, `the ${what} of a draw must be ${expected}, got ${got}`);

export const scoresDiffer = (loss: string, real: readonly number[], fake: readonly number[]): GanError =>
  shapeMismatch(
    `loss/${loss}`,
    "scores of generated images",
    `of the shape of the real ones, ${formatShape(real)}`,
    fake,
    "score as many generated images as real ones, with the same D",
  );

export const lossNeedsReal = (loss: string): GanError =>
  badPlugin(
    `loss/${loss}`,
    "generator() must get the scores of real images too, because the loss compares them with the generated ones, " +
      "got { fake } only; draw a batch in the generator's phase and pass { real: D(x), fake: D(G(z)) }",
  );

export const noGradient = (penalty: string, cause: unknown): GanError =>
  badPlugin(
    `penalty/${penalty}`,
    `the result must depend on the input by differentiable ops, got "${cause instanceof Error ? cause.message : String(cause)}"; ` +
      "compute it from the tensor that the function is called with",
    cause,
  );

/** A checkpoint whose bytes are not what was written. @param problem what was expected and what came */
export const damagedCheckpoint = (file: string, problem: string, cause?: unknown): GanError =>
  badCheckpoint(
    file,
    problem,
    "the file is damaged or incomplete: use an older checkpoint or copy the file again",
    cause,
  );

/** A safetensors file that is none of ours. */
export const foreignCheckpoint = (file: string, problem: string): GanError =>
  badCheckpoint(file, problem, "name a checkpoint that gan-arena has written");
