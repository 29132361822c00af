/**
 * @file Kernels that a program cannot have, why, and what comes nearest. They are registered like all others, so that the
 * place where such an op is called says so.
 */
import { kernelRefused, type Refusal } from "../../errors.js";
import { kernel } from "./support.js";

const BY_VALUES: Refusal = {
  why: "the size of its result depends on values",
  instead: "keep all elements and weigh them by a mask (where), or take a fixed number of them (topk)",
};
const RAGGED: Refusal = {
  why: "the sizes of ragged and sparse tensors depend on values",
  instead: "use a dense tensor with gatherND, scatterND or unsortedSegmentSum",
};
const COMPLEX: Refusal = {
  why: "numbers in a program are float32, int32 or bool, not complex",
  instead: "use spectrum2d of @gan-arena/core, or products with cosines and sines",
};
const STRINGS: Refusal = {
  why: "there are no strings in a program",
  instead: "turn them into numbers in the data set",
};

const REFUSED: Readonly<Record<string, Refusal>> = {
  Unique: BY_VALUES,
  NonMaxSuppressionV3: BY_VALUES,
  NonMaxSuppressionV4: BY_VALUES,
  NonMaxSuppressionV5: BY_VALUES,
  RaggedGather: RAGGED,
  RaggedRange: RAGGED,
  RaggedTensorToTensor: RAGGED,
  SparseFillEmptyRows: RAGGED,
  SparseReshape: RAGGED,
  SparseSegmentMean: RAGGED,
  SparseSegmentSum: RAGGED,
  Complex: COMPLEX,
  ComplexAbs: COMPLEX,
  FFT: COMPLEX,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  Real: COMPLEX,
  Multinomial: {
    why: "what it draws would be the same in every step",
    instead: "declare a draw of the phase: uniform() beside the logits, and argMax of logits - log(-log(u))",
  },
  StaticRegexReplace: STRINGS,
  StringNGrams: STRINGS,
  StringSplit: STRINGS,
  StringToHashBucketFast: STRINGS,
  Draw: { why: "it paints on a canvas of a browser", instead: "declare a view: the arena draws it" },
};

export function registerRefused(): void {
  for (const [name, refusal] of Object.entries(REFUSED))
    kernel(name, (k) => {
      throw kernelRefused(k.backend.graph.name, name, refusal);
    });
}
