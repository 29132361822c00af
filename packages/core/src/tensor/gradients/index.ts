/** @file Gradients that TensorFlow.js lacks, or has in a form that cannot be differentiated again. Registered on import. */
import { activationGradients } from "./activations.js";
import { comparisonGradients } from "./comparisons.js";
import { convolutionGradients } from "./convolutions.js";
import { elementwiseGradients } from "./elementwise.js";
import { indexingGradients } from "./indexing.js";
import { normalisingGradients } from "./normalising.js";
import { poolingGradients } from "./pooling.js";
import { productGradients } from "./products.js";
import { rearrangingGradients } from "./rearranging.js";
import { reductionGradients } from "./reductions.js";
import { override } from "./registry.js";
import { resizingGradients } from "./resizing.js";
import { samplingGradients } from "./sampling.js";

[
  activationGradients,
  comparisonGradients,
  convolutionGradients,
  elementwiseGradients,
  indexingGradients,
  normalisingGradients,
  poolingGradients,
  productGradients,
  rearrangingGradients,
  reductionGradients,
  resizingGradients,
  samplingGradients,
]
  .flat()
  .forEach(override);
