/** @file How far translations are from their true partners, where the data set knows them. */
import type { Metric } from "@gan-arena/core/base";
import { unsuitableData } from "./errors.js";
import { countOf, drawn, generated, type Vectors } from "./samples.js";

const NAME = "pair-error";
/** Pairs that are looked at, at most. */
const PAIRS = 2000;

/**
 * Mean absolute error of translations against their true partners, over all values, pictures in [-1,1]. Training never
 * sees a pair; the partners are those of the test split. Beside it in the details, by the same measure:
 *
 * - `identity`: the untranslated pictures. A translator that does nothing has this error.
 * - `random`: a real picture of the target domain that belongs to another pair. A translator that paints convincing
 *   pictures and keeps nothing of what it was given has about this error.
 *
 * The error rewards caution: of two outcomes that are equally likely, the grey between them costs no more than either.
 */
export const pairError: Metric = {
  name: NAME,
  protocol: `mean absolute error of translations in [-1,1] against their true partners, all pairs of the test split or ${PAIRS} if there are more`,
  summary: "error of translations against their true partners, beside those of no translation and of random pairs",
  better: "lower",
  unsuitable({ train: { spec }, translates }) {
    const { pairs } = spec;
    if (!pairs) return `it needs pairs to compare with, and ${spec.name} has none; use noto-twemoji or digits-inverted`;
    if (!translates) return "it judges translations, and this variant makes samples of noise; use cyclegan";
    const known = [translates.from, translates.to].every((field) => pairs.includes(field));
    return known
      ? undefined
      : `${spec.name} pairs ${pairs.join(" with ")}, not ${translates.from} with ${translates.to}`;
  },
  async compute(context) {
    const { train, translation } = context;
    const reason = pairError.unsuitable({ train, ...(translation ? { translates: translation } : {}) });
    if (reason !== undefined || !translation) throw unsuitableData(NAME, reason ?? "it judges translations");
    const samples = countOf(context, PAIRS);
    const translated = await generated(NAME, context, samples);
    const partners = drawn(translation, samples, translation.to);
    return {
      value: meanAbsoluteError(translated, partners),
      samples,
      split: "test",
      details: {
        identity: meanAbsoluteError(drawn(translation, samples, translation.from), partners),
        random: meanAbsoluteError(shifted(partners), partners),
      },
    };
  },
};

/** Mean of |a - b| over all values of two sets of the same size. */
function meanAbsoluteError({ values: a }: Vectors, { values: b }: Vectors): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

/** The same vectors, each in the place of the one before: the order is random, so the new neighbours are too. */
function shifted({ count, dim, values }: Vectors): Vectors {
  const moved = new Float32Array(values.length);
  moved.set(values.subarray(dim));
  moved.set(values.subarray(0, dim), values.length - dim);
  return { count, dim, values: moved };
}
