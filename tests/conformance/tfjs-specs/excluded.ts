/** @file Specs of TensorFlow.js that the onnx engine does not pass, each with its reason. */

export interface Refusal {
  readonly reason: string;
  /** The message with which the engine refuses. */
  readonly error: RegExp;
}

/** What the engine says it does not do: a spec that ends in such an error is left out. */
export const REFUSALS: readonly Refusal[] = [
  {
    reason: "complex numbers: a value of the graph is float32, int32 or bool; core's spectrum2d gives the two parts",
    error: /op "(Complex|ComplexAbs|FFT|IFFT|Real|Imag)" has no kernel/u,
  },
  {
    reason: "draws inside a program would repeat in every run: a phase declares them, normal() or uniform()",
    error: /op "Multinomial" has no kernel/u,
  },
  { reason: "the length of the result depends on values", error: /op "(Unique|NonMaxSuppressionV\d)" has no kernel/u },
  {
    reason: "ragged and sparse tensors: their sizes are values",
    error: /op "(Ragged|Sparse)\w+" has no kernel|got '\[outside\] the TensorFlow.js op "Spars/u,
  },
  { reason: "no strings", error: /tensors of dtype string are|Failed to decode the string/u },
  { reason: "ragged tensors are missing, and their specs need expectAsync", error: /expectAsync is not defined/u },
];

export interface Listed {
  readonly reason: string;
  /** `file: describe: title`. */
  readonly specs: readonly string[];
}

/** Specs that fail for another reason; one that passes after all is reported. */
export const SPECS: readonly Listed[] = [
  {
    reason: "core has the gradient of a dilated depthwise convolution, TensorFlow.js throws",
    specs: ["depthwise_conv2d: depthwiseConv2d gradients: throws error on dilations > 1"],
  },
  {
    reason: "ragged tensors are missing, so the call is refused with another message",
    specs: ["ragged_tensor_to_tensor: raggedTensorToTensor : shape wrong dimensions"],
  },
  {
    reason: "a mask of numbers above 0 is one clip, which makes 0 of NaN",
    specs: ["step: step kernel: propagates NaNs", "step: step kernel: with 1d tensor and alpha"],
  },
  {
    reason: "the gradient of an 8x8 result for a 4x4 image of the same padding: there is no such convolution",
    specs: ["conv2d_transpose: conv2dTranspose: input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4"],
  },
  {
    reason: "where several elements are the largest, the gradient is shared among them",
    specs: [
      "max: max: max gradient: 1D, ties",
      "max: max: max gradient: ties, 2D, axes=-1, keepDims=false",
      "max: max: max gradient: ties, 3D, axes=[1, 2], keepDims=false",
      "max: max: max gradient: ties, 4D, axes=[1, 2, 3], keepDims=false",
      "max: max: max gradient: ties, 4D, axes=[2, 3], keepDims=true",
      "min: min: min gradient: 1D, ties",
      "min: min: min gradient: ties, 2D, axes=-1, keepDims=false",
      "min: min: min gradient: ties, 3D, axes=[1, 2], keepDims=false",
      "min: min: min gradient: ties, 4D, axes=[1, 2, 3], keepDims=false",
      "min: min: min gradient: ties, 4D, axes=[2, 3], keepDims=true",
    ],
  },
  {
    reason: "core's gradient adds up what was mirrored, TensorFlow.js's own leaves it out",
    specs: ["mirror_pad: mirrorPad: grad", "mirror_pad: mirrorPad: gradient with clones"],
  },
  {
    reason:
      "padding is no part of the mean, so core's gradient divides by the places inside, TensorFlow.js's own by all",
    specs: ["avg_pool: avgPool: gradient x=[3,3,1] f=[3,3] s=1 p=explicit"],
  },
  {
    reason: "the sign of NaN is NaN in ONNX",
    specs: ["sign: sign: accepts a tensor-like object", "sign: sign: basic", "sign: sign: does not propagate NaNs"],
  },
  {
    reason: "the tracer keeps no count of the data it holds",
    specs: ["zeros: shallow slicing: delayed async read of sliced tensor has no mem leak"],
  },
  {
    reason: "LIMIT: ONNX Runtime's reductions pass NaN over",
    specs: ["max: max: return NaNs", "min: min: return NaNs"],
  },
  {
    reason: "ONNX Runtime refuses a padding as wide as the window",
    specs: [
      "avg_pool_3d: avgPool3d: x=[1,1,1,1,1] f=[2,2,2] s=1 p=2",
      "pool: pool: avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding",
      "pool: pool: max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding",
    ],
  },
];
