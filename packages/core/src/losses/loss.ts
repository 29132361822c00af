/** @file What a loss is: two scalars made of the raw scores of a critic. */
import { scoresDiffer } from "../errors.js";
import type { Tensor } from "../tensor/tf.js";

export interface Scores {
  /** D(x): raw scores of real images, higher = more real; `[N,1]`, `[N,h,w,1]` or any other shape. */
  readonly real: Tensor;
  /** D(xTilde): raw scores of generated images, of the shape of `real`. */
  readonly fake: Tensor;
}

/** What a generator's loss sees; most losses do not look at the real scores. */
export interface GeneratorScores {
  readonly real?: Tensor;
  readonly fake: Tensor;
}

/** Both sides of the game, each a scalar that is minimised: the mean over all scores of the batch. */
export interface Loss {
  readonly name: string;
  /** Set when generator() needs the scores of real samples too. */
  readonly comparesReal?: boolean;
  /** What D minimises. @throws GanError SHAPE_MISMATCH when the two shapes differ */
  discriminator(scores: Scores): Tensor;
  /** What G minimises. @throws GanError BAD_PLUGIN when the loss compares with real scores and they are missing */
  generator(scores: GeneratorScores): Tensor;
}

/**
 * Refuses scores of two shapes: TensorFlow.js would broadcast `[N]` against `[N,1]` without a word, and means over
 * different numbers of scores would not weigh both sides alike.
 *
 * @throws GanError SHAPE_MISMATCH
 */
export function checkScores(loss: string, { real, fake }: Scores): void {
  const same = real.shape.length === fake.shape.length && real.shape.every((extent, i) => extent === fake.shape[i]);
  if (!same) throw scoresDiffer(loss, real.shape, fake.shape);
}
