/** @file One call of every op of the TensorFlow.js API: what the table in OPS.md says of an op is tried here. */
import { tf, type Tensor } from "@gan-arena/core";

type Result = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;
type Call = () => Result;

/** Something that a compiler cannot know to be 0; it is added to all numbers, so that nothing is computed while tracing. */
let zero: Tensor = tf.scalar(0);
export function withZero<T>(input: Tensor, body: () => T): T {
  zero = input;
  return body();
}

/** Numbers that differ, from -1 to 1, the same ones for the same shape. */
function ramp<R extends tf.Rank = tf.Rank>(...shape: number[]): tf.Tensor<R> {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 2.3 * i));
  return tf.add(tf.tensor(values, shape), zero);
}
const above = (...shape: number[]): Tensor => tf.add(tf.square(ramp(...shape)), 0.5);
const vector = (n: number): tf.Tensor1D => ramp<tf.Rank.R1>(n);
const matrix = (m: number, n: number): tf.Tensor2D => ramp<tf.Rank.R2>(m, n);
const image = (): tf.Tensor4D => ramp<tf.Rank.R4>(2, 4, 6, 3);
const one = (): tf.Tensor4D => ramp<tf.Rank.R4>(1, 4, 6, 3);
const volume = (): tf.Tensor5D => ramp<tf.Rank.R5>(1, 3, 4, 4, 2);
const ints = (...values: number[]): tf.Tensor1D => tf.tensor1d(values, "int32");
const pairs = (): tf.Tensor2D => tf.tensor2d([1, 0, 0, 2], [2, 2], "int32"); // prettier-ignore
const filter = (): tf.Tensor4D => ramp<tf.Rank.R4>(3, 3, 3, 2);
const truth = (): Tensor => tf.greater(ramp(2, 3), 0);
const named = (values: Record<string, unknown>): Record<string, Tensor> => values as Record<string, Tensor>;

const X = (): Tensor => ramp(2, 3);
const unary = (...names: (keyof typeof tf)[]): Record<string, Call> =>
  Object.fromEntries(names.map((name) => [name, () => (tf[name] as (x: Tensor) => Tensor)(X())]));
const positive = (...names: (keyof typeof tf)[]): Record<string, Call> =>
  Object.fromEntries(names.map((name) => [name, () => (tf[name] as (x: Tensor) => Tensor)(above(2, 3))]));
const binary = (...names: (keyof typeof tf)[]): Record<string, Call> =>
  Object.fromEntries(names.map((name) => [name, () => (tf[name] as (a: Tensor, b: Tensor) => Tensor)(X(), above(3))]));
const logical = (...names: (keyof typeof tf)[]): Record<string, Call> =>
  Object.fromEntries(
    names.map((name) => [name, () => (tf[name] as (a: Tensor, b: Tensor) => Tensor)(truth(), tf.logicalNot(truth()))]),
  );
const losses = (...names: (keyof typeof tf.losses)[]): Record<string, Call> =>
  Object.fromEntries(
    names.map((name) => [
      `losses.${name}`,
      () => (tf.losses[name] as unknown as (a: Tensor, b: Tensor) => Tensor)(tf.softmax(X()), tf.sigmoid(above(2, 3))),
    ]),
  );

const gru = (): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] => [matrix(1, 2), matrix(1, 3), matrix(1, 3)];
const cell: tf.LSTMCellFunc = (data, c, h) =>
  tf.basicLSTMCell(tf.scalar(1), matrix(data.shape[1] + 3, 12), vector(12), data, c, h);

export const CALLS: Readonly<Record<string, Call>> = {
  ...unary("abs", "asinh", "atan", "ceil", "clone", "cos", "cosh", "elu", "erf", "exp", "expm1", "floor", "isFinite", "isInf", "isNaN", "leakyRelu", "logSigmoid", "neg", "onesLike", "relu", "relu6", "round", "selu", "sigmoid", "sign", "sin", "sinh", "softplus", "square", "step", "tan", "tanh", "zerosLike"), // prettier-ignore
  ...positive("log", "log1p", "reciprocal", "rsqrt", "sqrt"),
  acos: () => tf.acos(tf.mul(X(), 0.9)),
  acosh: () => tf.acosh(tf.add(above(2, 3), 1)),
  asin: () => tf.asin(tf.mul(X(), 0.9)),
  atanh: () => tf.atanh(tf.mul(X(), 0.9)),
  ...binary("add", "atan2", "div", "divNoNan", "equal", "greater", "greaterEqual", "less", "lessEqual", "maximum", "minimum", "mod", "mul", "notEqual", "prelu", "squaredDifference", "sub"), // prettier-ignore
  ...logical("logicalAnd", "logicalOr", "logicalXor"),
  pow: () => tf.pow(above(2, 3), X()),
  logicalNot: () => tf.logicalNot(truth()),
  floorDiv: () => tf.floorDiv(ints(7, -7, 5), ints(2, 2, -3)),
  bitwiseAnd: () => tf.bitwiseAnd(ints(7, 12, 5), ints(2, 10, 3)),
  addN: () => tf.addN([X(), X()]),
  cast: () => tf.cast(X(), "int32"),
  clipByValue: () => tf.clipByValue(X(), -0.3, 0.4),
  where: () => tf.where(truth(), X(), tf.zerosLike(X())),
  all: () => tf.all(truth(), 1),
  any: () => tf.any(truth(), 1),
  argMax: () => tf.argMax(X(), 1),
  argMin: () => tf.argMin(X(), 0),
  cumprod: () => tf.cumprod(X(), 1),
  cumsum: () => tf.cumsum(X(), 1),
  euclideanNorm: () => tf.euclideanNorm(X(), 1),
  logSoftmax: () => tf.logSoftmax(X()),
  logSumExp: () => tf.logSumExp(X(), 1),
  max: () => tf.max(X(), 1),
  mean: () => tf.mean(X(), 1),
  min: () => tf.min(X(), 1),
  moments: () => named({ ...tf.moments(X(), 1) }),
  norm: () => tf.norm(X(), 1),
  prod: () => tf.prod(X(), 1),
  softmax: () => tf.softmax(X()),
  sum: () => tf.sum(X(), 1),
  ...Object.fromEntries(
    ([["batchNorm", [2, 3]], ["batchNorm2d", [2, 3]], ["batchNorm3d", [2, 2, 3]], ["batchNorm4d", [2, 2, 2, 3]]] as const).map(
      ([name, shape]) => [
        name,
        () => (tf[name] as typeof tf.batchNorm)(ramp(...shape), vector(3), above(3) as tf.Tensor1D, vector(3), vector(3)),
      ],
    ),
  ), // prettier-ignore
  localResponseNormalization: () => tf.localResponseNormalization(image(), 1),
  dot: () => tf.dot(vector(3), vector(3)),
  einsum: () => tf.einsum("ij,jk->ki", matrix(2, 3), matrix(3, 4)),
  matMul: () => tf.matMul(ramp(2, 3, 4), ramp(2, 5, 4), false, true),
  outerProduct: () => tf.outerProduct(vector(2), vector(3)),
  "fused.matMul": () => tf.fused.matMul({ a: matrix(2, 3), b: matrix(3, 4), bias: vector(4), activation: "relu" }),
  conv1d: () => tf.conv1d(ramp<tf.Rank.R3>(2, 5, 3), ramp<tf.Rank.R3>(3, 3, 2), 1, "same"),
  conv2d: () => tf.conv2d(image(), filter(), 2, "same"),
  conv2dTranspose: () => tf.conv2dTranspose(image(), ramp<tf.Rank.R4>(4, 4, 2, 3), [2, 8, 12, 2], 2, "same"),
  conv3d: () => tf.conv3d(volume(), ramp<tf.Rank.R5>(2, 2, 3, 2, 3), 1, "same"),
  conv3dTranspose: () => tf.conv3dTranspose(volume(), ramp<tf.Rank.R5>(2, 2, 2, 3, 2), [1, 6, 8, 8, 3], 2, "same"),
  depthwiseConv2d: () => tf.depthwiseConv2d(image(), filter(), 1, "same"),
  separableConv2d: () => tf.separableConv2d(image(), filter(), ramp<tf.Rank.R4>(1, 1, 6, 4), 1, "same"),
  "fused.conv2d": () => tf.fused.conv2d({ x: image(), filter: filter(), strides: 1, pad: "same", bias: vector(2), activation: "elu" }), // prettier-ignore
  "fused.depthwiseConv2d": () => tf.fused.depthwiseConv2d({ x: image(), filter: filter(), strides: 1, pad: "same", activation: "relu" }), // prettier-ignore
  dilation2d: () => tf.dilation2d(image(), ramp<tf.Rank.R3>(2, 2, 3), 1, "same"),
  avgPool: () => tf.avgPool(image(), 3, 2, "same"),
  avgPool3d: () => tf.avgPool3d(volume(), 2, 1, "same"),
  maxPool: () => tf.maxPool(image(), 3, 2, "same"),
  maxPool3d: () => tf.maxPool3d(volume(), 2, 1, "same"),
  maxPoolWithArgmax: () => tf.maxPoolWithArgmax(image(), 2, 2, "same"),
  pool: () => tf.pool(image(), 2, "max", "valid", 2),
  basicLSTMCell: () => cell(...gru()),
  multiRNNCell: () => tf.multiRNNCell([cell], matrix(1, 2), [matrix(1, 3)], [matrix(1, 3)]).flat(),
  batchToSpaceND: () => tf.batchToSpaceND(ramp(4, 2, 2, 3), [2, 2], [[0, 1], [1, 0]]), // prettier-ignore
  spaceToBatchND: () => tf.spaceToBatchND(image(), [2, 3], [[0, 0], [1, 2]]), // prettier-ignore
  depthToSpace: () => tf.depthToSpace(ramp<tf.Rank.R4>(1, 2, 2, 8), 2),
  broadcastArgs: () => tf.broadcastArgs(ints(2, 1), ints(3)),
  broadcastTo: () => tf.broadcastTo(X(), [4, 2, 3]),
  concat: () => tf.concat([X(), X()], 1),
  concat1d: () => tf.concat1d([vector(2), vector(3)]),
  concat2d: () => tf.concat2d([matrix(2, 3), matrix(2, 3)], 1),
  concat3d: () => tf.concat3d([ramp(2, 3, 1), ramp(2, 3, 1)], 2),
  concat4d: () => tf.concat4d([image(), image()], 3),
  diag: () => tf.diag(vector(3)),
  ensureShape: () => tf.ensureShape(X(), [2, 3]),
  expandDims: () => tf.expandDims(X(), 1),
  mirrorPad: () => tf.mirrorPad(X(), [[1, 0], [1, 2]], "reflect"), // prettier-ignore
  pad: () => tf.pad(X(), [[1, 0], [1, 2]], 0.5), // prettier-ignore
  pad1d: () => tf.pad1d(vector(3), [1, 2]),
  pad2d: () => tf.pad2d(matrix(2, 3), [[1, 0], [1, 2]]), // prettier-ignore
  pad3d: () => tf.pad3d(ramp<tf.Rank.R3>(2, 3, 1), [[1, 0], [1, 2], [0, 1]]), // prettier-ignore
  pad4d: () => tf.pad4d(image(), [[0, 0], [1, 2], [1, 1], [0, 0]]), // prettier-ignore
  reshape: () => tf.reshape(X(), [3, 2]),
  reverse: () => tf.reverse(X(), 1),
  reverse1d: () => tf.reverse1d(vector(3)),
  reverse2d: () => tf.reverse2d(matrix(2, 3), 0),
  reverse3d: () => tf.reverse3d(ramp<tf.Rank.R3>(2, 3, 2), [0, 2]),
  reverse4d: () => tf.reverse4d(image(), [1, 2]),
  slice: () => tf.slice(X(), [0, 1], [2, 2]),
  slice1d: () => tf.slice1d(vector(4), 1, 2),
  slice2d: () => tf.slice2d(matrix(2, 3), [0, 1], [2, 1]),
  slice3d: () => tf.slice3d(ramp<tf.Rank.R3>(2, 3, 2), [0, 1, 0], [2, 1, 2]),
  slice4d: () => tf.slice4d(image(), [0, 1, 2, 0], [1, 2, 3, 2]),
  split: () => tf.split(X(), [1, 2], 1),
  squeeze: () => tf.squeeze(ramp(2, 1, 3)),
  stack: () => tf.stack([X(), X()], 1),
  stridedSlice: () => tf.stridedSlice(X(), [0, 2], [2, 0], [1, -1]),
  tile: () => tf.tile(X(), [2, 3]),
  transpose: () => tf.transpose(ramp(2, 3, 4), [2, 0, 1]),
  unstack: () => tf.unstack(X(), 1),
  bincount: () => tf.bincount(ints(1, 3, 1), tf.tensor1d([]), 5),
  denseBincount: () => tf.denseBincount(pairs(), tf.tensor2d([], [0, 0]), 4),
  gather: () => tf.gather(X(), ints(2, 0), 1),
  gatherND: () => tf.gatherND(X(), pairs()),
  lowerBound: () => tf.lowerBound(tf.tensor2d([0, 0.3, 0.6], [1, 3]), matrix(1, 4)),
  upperBound: () => tf.upperBound(tf.tensor2d([0, 0.3, 0.6], [1, 3]), matrix(1, 4)),
  searchSorted: () => tf.searchSorted(tf.tensor2d([0, 0.3, 0.6], [1, 3]), matrix(1, 4)),
  oneHot: () => tf.oneHot(ints(2, 0), 3),
  scatterND: () => tf.scatterND(pairs(), vector(2), [2, 3]),
  sparseToDense: () => tf.sparseToDense(ints(3, 1), vector(2), [5], 0.5),
  tensorScatterUpdate: () => tf.tensorScatterUpdate(tf.mul(X(), 1.5), pairs(), vector(2)),
  topk: () => named({ ...tf.topk(X(), 2) }),
  unsortedSegmentSum: () => tf.unsortedSegmentSum(X(), ints(2, 2), 4),
  eye: () => tf.eye(3),
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- it is not the method of arrays
  fill: () => tf.fill([2, 3], 0.3),
  linspace: () => tf.linspace(0, 1, 5),
  meshgrid: () => tf.meshgrid(vector(2), vector(3)),
  ones: () => tf.ones([2]),
  range: () => tf.range(0, 5, 2),
  scalar: () => tf.scalar(0.3),
  zeros: () => tf.zeros([2]),
  ...Object.fromEntries(
    (["tensor2d", "tensor3d", "tensor4d", "tensor5d", "tensor6d"] as const).map((name, i) => [
      name,
      () => tf[name as "tensor"]([1.5, 2.5], [...Array<number>(i + 1).fill(1), 2]),
    ]),
  ),
  tensor: () => tf.tensor([1.5, 2.5]),
  tensor1d: () => tf.tensor1d([1.5, 2.5]),
  buffer: () => tf.buffer([2], "float32", Float32Array.of(1, 2)).toTensor(),
  variable: () => tf.mul(tf.variable(X()), 2),
  dropout: () => tf.dropout(X(), 0),
  movingAverage: () => tf.movingAverage(tf.variable(X()), tf.zerosLike(X()), 0.9, undefined, false),
  enclosingPowerOfTwo: () => tf.scalar(tf.enclosingPowerOfTwo(5)),
  cosineWindow: () => tf.cosineWindow(5, 0.5, 0.5),
  "image.cropAndResize": () => tf.image.cropAndResize(image(), tf.tensor2d([0.1, 0.2, 0.8, 0.7], [1, 4]), ints(1), [3, 2]), // prettier-ignore
  "image.flipLeftRight": () => tf.image.flipLeftRight(image()),
  "image.grayscaleToRGB": () => tf.image.grayscaleToRGB(ramp<tf.Rank.R4>(1, 2, 2, 1)),
  "image.rgbToGrayscale": () => tf.image.rgbToGrayscale(image()),
  "image.resizeBilinear": () => tf.image.resizeBilinear(image(), [7, 5]),
  "image.resizeNearestNeighbor": () => tf.image.resizeNearestNeighbor(image(), [7, 5]),
  "image.rotateWithOffset": () => tf.image.rotateWithOffset(image(), 0.7, 0.2),
  "image.threshold": () => tf.image.threshold(tf.mul<tf.Tensor3D>(above(4, 4, 3), 100), "binary", false, 0.5),
  "image.transform": () => tf.image.transform(one(), tf.tensor2d([0.8, -0.6, 1.3, 0.6, 0.8, -0.7, 0, 0], [1, 8]), "bilinear"), // prettier-ignore
  "linalg.bandPart": () => tf.linalg.bandPart(matrix(3, 4), 1, 0),
  "linalg.qr": () => tf.linalg.qr(matrix(3, 2)),
  "linalg.gramSchmidt": () => tf.linalg.gramSchmidt(matrix(2, 3)),
  ...losses("absoluteDifference", "computeWeightedLoss", "hingeLoss", "huberLoss", "logLoss", "meanSquaredError", "sigmoidCrossEntropy", "softmaxCrossEntropy"), // prettier-ignore
  "losses.cosineDistance": () => tf.losses.cosineDistance(X(), above(2, 3), 1),
  "signal.frame": () => tf.signal.frame(vector(6), 3, 1),
  "signal.hammingWindow": () => tf.signal.hammingWindow(5),
  "signal.hannWindow": () => tf.signal.hannWindow(5),
};

const box = (): tf.Tensor2D => tf.mul(matrix(3, 4), 1);
const strings = (): tf.Tensor1D => tf.tensor1d(["a b", "c"]);
const complex = (): Tensor => tf.complex(X(), X());

/** Calls that must be refused, with a reason: kernels that are missing. */
export const REFUSED: Readonly<Record<string, () => unknown>> = {
  complex,
  real: () => tf.real(complex()),
  imag: () => tf.imag(complex()),
  fft: () => tf.fft(complex()),
  ifft: () => tf.ifft(complex()),
  rfft: () => tf.rfft(X()),
  irfft: () => tf.irfft(X()),
  "spectral.fft": () => tf.spectral.fft(complex()),
  "spectral.ifft": () => tf.spectral.ifft(complex()),
  "spectral.rfft": () => tf.spectral.rfft(X()),
  "spectral.irfft": () => tf.spectral.irfft(X()),
  "signal.stft": () => tf.signal.stft(vector(8), 4, 2),
  multinomial: () => tf.multinomial(matrix(1, 3), 2),
  unique: () => tf.unique(vector(3)),
  "image.nonMaxSuppression": () => tf.image.nonMaxSuppression(box(), vector(3), 2),
  "image.nonMaxSuppressionWithScore": () => tf.image.nonMaxSuppressionWithScore(box(), vector(3), 2),
  "image.nonMaxSuppressionPadded": () => tf.image.nonMaxSuppressionPadded(box(), vector(3), 2),
  raggedGather: () => tf.raggedGather([ints(0, 1, 2)], vector(2), ints(0), 1),
  raggedRange: () => tf.raggedRange(vector(2), vector(2), vector(2)),
  raggedTensorToTensor: () => tf.raggedTensorToTensor(ints(2, 2), vector(3), tf.scalar(0), [ints(0, 1, 3)], ["ROW_SPLITS"]), // prettier-ignore
  "sparse.sparseFillEmptyRows": () => tf.sparse.sparseFillEmptyRows(pairs(), vector(2), ints(3, 3), 0),
  "sparse.sparseReshape": () => tf.sparse.sparseReshape(pairs(), ints(2, 3), ints(3, 2)),
  "sparse.sparseSegmentMean": () => tf.sparse.sparseSegmentMean(X(), ints(0, 1), ints(0, 0)),
  "sparse.sparseSegmentSum": () => tf.sparse.sparseSegmentSum(X(), ints(0, 1), ints(0, 0)),
  "string.stringNGrams": () => tf.string.stringNGrams(strings(), ints(0, 2), "|", [1], "", "", 0, false),
  "string.stringSplit": () => tf.string.stringSplit(strings(), " "),
  "string.stringToHashBucketFast": () => tf.string.stringToHashBucketFast(strings(), 3),
  "string.staticRegexReplace": () => tf.string.staticRegexReplace(strings(), "a", "b"),
};

/** Calls that wait for values, or show them. */
export const READING: Readonly<Record<string, () => unknown>> = {
  print: () => tf.print(X()),
  whereAsync: () => tf.whereAsync(truth()),
  booleanMaskAsync: () => tf.booleanMaskAsync(X(), truth()),
  setdiff1dAsync: () => tf.setdiff1dAsync(vector(3), vector(2)),
  inTopKAsync: () => tf.inTopKAsync(X(), ints(0, 1), 2),
  "image.nonMaxSuppressionAsync": () => tf.image.nonMaxSuppressionAsync(box(), vector(3), 2),
  "image.nonMaxSuppressionWithScoreAsync": () => tf.image.nonMaxSuppressionWithScoreAsync(box(), vector(3), 2),
  "image.nonMaxSuppressionPaddedAsync": () => tf.image.nonMaxSuppressionPaddedAsync(box(), vector(3), 2),
};

/** Draws, made while tracing: every run of the program would see the same numbers. */
export const DRAWING: Readonly<Record<string, () => Result>> = {
  rand: () => tf.rand([2], () => 0.5),
  randomGamma: () => tf.randomGamma([2], 1),
  randomNormal: () => tf.randomNormal([2]),
  randomStandardNormal: () => tf.randomStandardNormal([2]),
  randomUniform: () => tf.randomUniform([2]),
  randomUniformInt: () => tf.randomUniformInt([2], 0, 9),
  truncatedNormal: () => tf.truncatedNormal([2]),
};
