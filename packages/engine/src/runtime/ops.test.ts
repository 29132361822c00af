/**
 * @file Every op of the engine against the cpu reference: values, gradients and gradients of gradients.
 *
 * One row of the table buys all of it. Second order: the gradient of sum(g * v) for a fixed v, as a penalty takes it.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groupedConv2d, spectrum2d, tf, type Tensor } from "@gan-arena/core";
import { stream } from "@gan-arena/core/base";
import { enableEvaluation } from "../index.js";

type Op = (...inputs: Tensor[]) => Tensor;
interface Row {
  readonly name: string;
  readonly op: Op;
  readonly shapes: readonly (readonly number[])[];
  /** 0: values only, 1: gradients, 2 (default): gradients of gradients. */
  readonly order?: 0 | 1 | 2;
  /** Inputs are |x| + 0.5. */
  readonly positive?: boolean;
}

const image = [2, 6, 8, 3];
type Pair = readonly [number, number];
const as4d = (x: Tensor): tf.Tensor4D => x as tf.Tensor4D;
const as5d = (x: Tensor): tf.Tensor5D => x as tf.Tensor5D;
const cube = [2, 5, 4, 6, 2];
const boxes = tf.tensor2d([0.13, 0.2, 0.88, 0.7, -0.3, 0.41, 0.8, 1.3], [2, 4]);
const turned = tf.tensor2d([0.8, -0.6, 1.13, 0.6, 0.8, -0.7, 0.01, 0.02], [1, 8]);
const pairs = tf.tensor2d([[1, 0], [2, 3], [1, 0]], [3, 2], "int32"); // prettier-ignore
const conv =
  (strides: number, pad: "same" | "valid" | number): Op =>
  (x, w) =>
    tf.conv2d(as4d(x), as4d(w), strides, pad);

/** A filter of 4 x 4 different numbers in every channel; its square has second derivatives. */
const depthwise =
  (stride: number, pad: number | readonly [Pair, Pair]): Op =>
  (x) => {
    const channels = x.shape[3] as number;
    const taps = Float32Array.from({ length: 16 * channels }, (_, i) => Math.sin(i));
    const pads = typeof pad === "number" ? pad : ([[0, 0], ...pad, [0, 0]] as const);
    return tf.square(tf.depthwiseConv2d(as4d(x), tf.tensor4d(taps, [4, 4, channels, 1]), stride, pads as number));
  };

const rows: Row[] = [
  ...(
    [
      "abs",
      "neg",
      "exp",
      "sin",
      "cos",
      "tanh",
      "sigmoid",
      "relu",
      "softplus",
      "square",
      "elu",
      "selu",
      "erf",
      "expm1",
      "relu6",
      "sinh",
      "cosh",
      "atan",
      "asinh",
    ] as const
  ).map((name): Row => ({ name, op: (x) => tf[name](x), shapes: [[3, 5]] })),
  ...(["sqrt", "rsqrt", "log", "log1p", "reciprocal"] as const).map((name): Row => ({
    name,
    op: (x) => tf[name](x),
    shapes: [[3, 5]],
    positive: true,
  })),
  ...(["floor", "ceil", "round", "sign"] as const).map((name): Row => ({
    name,
    op: (x) => tf[name](tf.mul(x, 3)),
    shapes: [[3, 5]],
    order: 0,
  })),
  { name: "leakyRelu", op: (x) => tf.leakyRelu(x, 0.2), shapes: [[3, 5]] },
  { name: "prelu", op: (x, a) => tf.prelu(x, a), shapes: [[3, 5], [5]], order: 1 },
  { name: "clipByValue", op: (x) => tf.clipByValue(x, -0.5, 0.5), shapes: [[3, 5]] },
  ...(["add", "sub", "mul", "maximum", "minimum", "squaredDifference"] as const).map((name): Row => ({
    name,
    op: (a, b) => tf[name](a, b),
    shapes: [[3, 5], [5]],
  })),
  {
    name: "div",
    op: (a, b) => tf.div(a, b),
    shapes: [
      [3, 5],
      [3, 1],
    ],
    positive: true,
  },
  {
    name: "pow",
    op: (a, b) => tf.pow(a, b),
    shapes: [
      [3, 5],
      [3, 5],
    ],
    positive: true,
  },
  { name: "pow constant", op: (a) => tf.pow(a, 3), shapes: [[3, 5]] },
  { name: "mod", op: (a) => tf.mod(a, 0.7), shapes: [[3, 5]], order: 0 },
  {
    name: "where",
    op: (a, b) => tf.where(tf.greater(a, b), a, tf.square(b)),
    shapes: [
      [3, 5],
      [3, 5],
    ],
  },
  {
    name: "comparisons",
    op: (a, b) =>
      tf.addN(
        [
          tf.greater(a, b),
          tf.less(a, 0),
          tf.equal(a, a),
          tf.notEqual(a, b),
          tf.logicalAnd(tf.greaterEqual(a, 0), tf.lessEqual(b, 0)),
        ].map((t) => tf.cast(t, "float32")),
      ),
    shapes: [
      [3, 5],
      [3, 5],
    ],
    order: 0,
  },
  ...(["sum", "mean", "max", "min", "prod"] as const)
    .flatMap((name): Row[] => [
      { name: `${name} all`, op: (x) => tf[name](x), shapes: [[3, 4]] },
      { name: `${name} axis`, op: (x) => tf[name](x, [1]), shapes: [[3, 4, 2]] },
      { name: `${name} spatial keepDims`, op: (x) => tf[name](x, [1, 2], true), shapes: [[2, 3, 4, 5]] },
    ])
    .filter(({ name }) => !name.startsWith("prod") || name === "prod all"),
  { name: "argMax", op: (x) => tf.cast(tf.argMax(x, 1), "float32"), shapes: [[3, 5]], order: 0 },
  { name: "cumsum", op: (x) => tf.cumsum(x, 1), shapes: [[3, 5]] },
  { name: "cumsum reverse exclusive", op: (x) => tf.cumsum(x, 1, true, true), shapes: [[3, 5]] },
  {
    name: "batchNorm",
    op: (x, mean, variance, offset, scale) =>
      tf.batchNorm(as4d(x), mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D),
    shapes: [[2, 3, 4, 3], [3], [3], [3], [3]],
    positive: true,
    order: 1,
  },
  { name: "linspace", op: (x) => tf.mul(x, tf.linspace(-1, 2, 5)), shapes: [[3, 5]] },
  { name: "softmax", op: (x) => tf.softmax(x), shapes: [[3, 5]] },
  { name: "logSoftmax", op: (x) => tf.logSoftmax(x), shapes: [[3, 5]] },
  { name: "reshape", op: (x) => tf.reshape(tf.square(x), [5, 3]), shapes: [[3, 5]] },
  { name: "transpose", op: (x) => tf.square(tf.transpose(x, [2, 0, 1])), shapes: [[3, 4, 5]] },
  { name: "tile", op: (x) => tf.square(tf.tile(x, [2, 3])), shapes: [[3, 2]] },
  { name: "broadcastTo", op: (x) => tf.square(tf.broadcastTo(x, [4, 3, 2])), shapes: [[3, 1]] },
  {
    name: "concat",
    op: (a, b) => tf.square(tf.concat([a, b], 1)),
    shapes: [
      [3, 2],
      [3, 4],
    ],
  },
  {
    name: "stack",
    op: (a, b) => tf.square(tf.stack([a, b], 1)),
    shapes: [
      [3, 2],
      [3, 2],
    ],
  },
  { name: "unstack", op: (a) => tf.mul(tf.unstack(a, 1)[0], tf.unstack(a, 1)[2]), shapes: [[3, 4]] },
  { name: "split", op: (a) => tf.mul(tf.split(a, [1, 3], 1)[0], tf.split(a, [1, 3], 1)[1]), shapes: [[3, 4]] },
  { name: "slice", op: (x) => tf.square(tf.slice(x, [1, 0], [2, 3])), shapes: [[4, 5]] },
  { name: "stridedSlice", op: (x) => tf.square(tf.stridedSlice(x, [0, 4], [4, 0], [2, -2])), shapes: [[4, 5]] },
  { name: "reverse", op: (x) => tf.square(tf.reverse(x, [1])), shapes: [[4, 5]] },
  {
    name: "pad",
    op: (x) =>
      tf.square(
        tf.pad(
          x,
          [
            [1, 0],
            [2, 1],
          ],
          0.5,
        ),
      ),
    shapes: [[3, 4]],
  },
  {
    name: "mirrorPad reflect",
    op: (x) =>
      tf.square(
        tf.mirrorPad(
          x,
          [
            [0, 0],
            [2, 1],
            [1, 2],
            [0, 0],
          ],
          "reflect",
        ),
      ),
    shapes: [image],
  },
  {
    name: "mirrorPad symmetric",
    op: (x) =>
      tf.square(
        tf.mirrorPad(
          x,
          [
            [0, 0],
            [2, 1],
            [1, 2],
            [0, 0],
          ],
          "symmetric",
        ),
      ),
    shapes: [image],
  },
  {
    name: "matMul",
    op: (a, b) => tf.matMul(a, b),
    shapes: [
      [3, 4],
      [4, 2],
    ],
  },
  {
    name: "matMul transposed",
    op: (a, b) => tf.matMul(a, b, true, true),
    shapes: [
      [4, 3],
      [2, 4],
    ],
  },
  {
    name: "matMul batched",
    op: (a, b) => tf.matMul(a, b, false, true),
    shapes: [
      [2, 3, 4],
      [2, 5, 4],
    ],
  },
  {
    name: "einsum",
    op: (a, b) => tf.einsum("bij,bjk->bik", a, b),
    shapes: [
      [2, 3, 4],
      [2, 4, 5],
    ],
    order: 1,
  },
  { name: "gather", op: (x) => tf.square(tf.gather(x, tf.tensor1d([2, 0, 2], "int32"))), shapes: [[3, 4]] },
  { name: "gather axis 1", op: (x) => tf.square(tf.gather(x, tf.tensor1d([2, 0, 2], "int32"), 1)), shapes: [[3, 4]] },
  { name: "oneHot", op: () => tf.cast(tf.oneHot(tf.tensor1d([2, 0], "int32"), 3), "float32"), shapes: [[1]], order: 0 },
  { name: "conv2d same", op: conv(1, "same"), shapes: [image, [3, 3, 3, 4]] },
  { name: "conv2d stride 2", op: conv(2, "same"), shapes: [image, [4, 4, 3, 4]] },
  { name: "conv2d stride 2, kernel 3", op: conv(2, "same"), shapes: [image, [3, 3, 3, 4]] },
  { name: "conv2d valid", op: conv(2, "valid"), shapes: [image, [4, 3, 3, 4]] },
  { name: "conv2d pad 1", op: conv(2, 1), shapes: [image, [4, 4, 3, 4]] },
  { name: "conv2d 1x1", op: conv(1, "valid"), shapes: [image, [1, 1, 3, 4]] },
  {
    name: "conv2d blocked",
    op: conv(1, "same"),
    shapes: [
      [2, 4, 5, 16],
      [3, 3, 16, 32],
    ],
  },
  {
    name: "conv2d blocked stride 2",
    op: conv(2, "same"),
    shapes: [
      [2, 4, 6, 16],
      [4, 4, 16, 32],
    ],
  },
  {
    name: "conv2d blocked stride 2, kernel 3",
    op: conv(2, "same"),
    shapes: [
      [2, 4, 6, 16],
      [3, 3, 16, 32],
    ],
  },
  {
    name: "conv2d blocked stride 2, kernel 5",
    op: conv(2, "same"),
    shapes: [
      [2, 4, 6, 16],
      [5, 5, 16, 32],
    ],
  },
  {
    name: "conv2d blocked odd",
    op: conv(2, "same"),
    shapes: [
      [2, 5, 7, 16],
      [4, 4, 16, 32],
    ],
  },
  {
    name: "conv2d blocked valid",
    op: conv(1, "valid"),
    shapes: [
      [2, 4, 4, 16],
      [4, 4, 16, 16],
    ],
  },
  {
    name: "conv2dTranspose",
    op: (x, w) => tf.conv2dTranspose(as4d(x), as4d(w), [2, 8, 6, 3], 2, "same"),
    shapes: [
      [2, 4, 3, 5],
      [4, 4, 3, 5],
    ],
  },
  {
    name: "conv2dTranspose blocked",
    op: (x, w) => tf.conv2dTranspose(as4d(x), as4d(w), [2, 8, 6, 16], 2, "same"),
    shapes: [
      [2, 4, 3, 32],
      [4, 4, 16, 32],
    ],
  },
  {
    name: "conv2dTranspose valid",
    op: (x, w) => tf.conv2dTranspose(as4d(x), as4d(w), [2, 4, 4, 16], 1, "valid"),
    shapes: [
      [2, 1, 1, 32],
      [4, 4, 16, 32],
    ],
  },
  {
    name: "depthwise conv of a fixed filter",
    op: depthwise(1, [
      [1, 2],
      [1, 1],
    ]),
    shapes: [image],
  },
  { name: "depthwise conv of stride 2", op: depthwise(2, 1), shapes: [image] },
  {
    name: "depthwise conv blocked",
    op: depthwise(1, [
      [2, 1],
      [1, 2],
    ]),
    shapes: [[2, 4, 6, 32]],
  },
  { name: "depthwise conv blocked, stride 2", op: depthwise(2, 1), shapes: [[2, 4, 6, 16]] },
  { name: "depthwise conv blocked, odd", op: depthwise(2, 1), shapes: [[2, 5, 7, 16]] },
  { name: "maxPool", op: (x) => tf.maxPool(as4d(x), 2, 2, "same"), shapes: [image] },
  { name: "avgPool", op: (x) => tf.avgPool(as4d(x), 2, 2, "valid"), shapes: [image] },
  {
    name: "grouped conv",
    op: (x, w) => groupedConv2d(x, w, { groups: 2, strides: 2 }),
    shapes: [
      [2, 6, 5, 8],
      [3, 3, 4, 6],
    ],
  },
  { name: "spectrum2d", op: (x) => tf.square(spectrum2d(x).imag), shapes: [image] },
  {
    name: "depthwise conv of a trained filter, two channels of each",
    op: (x, w) => tf.depthwiseConv2d(as4d(x), as4d(w), 1, "same", "NHWC", 2),
    shapes: [image, [3, 3, 3, 2]],
  },
  {
    name: "depthwise conv of a trained filter, stride 2, blocked",
    op: (x, w) => tf.depthwiseConv2d(as4d(x), as4d(w), 2, "same"),
    shapes: [
      [2, 5, 6, 16],
      [3, 3, 16, 1],
    ],
  },
  { name: "conv2d dilated", op: (x, w) => tf.conv2d(as4d(x), as4d(w), 1, 2, "NHWC", 2), shapes: [image, [3, 3, 3, 4]] },
  {
    name: "conv2d dilated, blocked",
    op: (x, w) => tf.conv2d(as4d(x), as4d(w), 1, "same", "NHWC", 2),
    shapes: [
      [2, 6, 5, 16],
      [3, 3, 16, 16],
    ],
  },
  {
    name: "conv2d of NCHW",
    op: (x, w) => tf.conv2d(as4d(x), as4d(w), 2, 1, "NCHW"),
    shapes: [
      [2, 3, 6, 5],
      [3, 3, 3, 4],
    ],
    // LIMIT: the cpu backend has no gradients of NCHW.
    order: 0,
  },
  { name: "conv3d", op: (x, w) => tf.square(tf.conv3d(as5d(x), as5d(w), 2, "same")), shapes: [cube, [2, 3, 2, 2, 3]] },
  {
    name: "conv3d dilated",
    op: (x, w) => tf.conv3d(as5d(x), as5d(w), 1, "valid", "NDHWC", [1, 2, 1]),
    shapes: [cube, [2, 2, 2, 2, 1]],
  },
  {
    name: "conv3dTranspose",
    op: (x, w) => tf.square(tf.conv3dTranspose(as5d(x), as5d(w), [2, 5, 8, 6, 3], 2, "same")),
    shapes: [
      [2, 3, 4, 3, 2],
      [2, 3, 2, 3, 2],
    ],
  },
  { name: "maxPool3d", op: (x) => tf.square(tf.maxPool3d(as5d(x), 2, [1, 2, 2], "same")), shapes: [cube] },
  { name: "avgPool3d", op: (x) => tf.square(tf.avgPool3d(as5d(x), [2, 3, 2], 2, "same")), shapes: [cube] },
  { name: "maxPool overlapping", op: (x) => tf.square(tf.maxPool(as4d(x), [3, 2], [2, 1], "same")), shapes: [image] },
  { name: "avgPool overlapping", op: (x) => tf.square(tf.avgPool(as4d(x), 3, 2, "same")), shapes: [image] },
  {
    name: "maxPoolWithArgmax",
    op: (x) => tf.square(tf.maxPoolWithArgmax(as4d(x), 3, 2, "same")["result"]),
    shapes: [image],
  },
  {
    name: "maxPoolWithArgmax, places",
    op: (x) => tf.cast(tf.maxPoolWithArgmax(as4d(x), 3, 2, "same", true)["indexes"], "float32"),
    shapes: [image],
    order: 0,
  },
  {
    name: "dilation2d",
    op: (x, f) => tf.square(tf.dilation2d(as4d(x), f as tf.Tensor3D, 1, "same", 2)),
    shapes: [image, [2, 2, 3]],
  },
  {
    name: "localResponseNormalization",
    op: (x) => tf.localResponseNormalization(as4d(x), 1, 1, 0.7, 0.6),
    shapes: [[2, 2, 3, 5]],
  },
  { name: "atan2", op: (a, b) => tf.atan2(a, b), shapes: [[3, 5], [5]] },
  { name: "cumprod", op: (x) => tf.square(tf.cumprod(x, 1)), shapes: [[3, 5]] },
  { name: "cumprod exclusive, reverse", op: (x) => tf.square(tf.cumprod(x, 0, true, true)), shapes: [[5, 3]] },
  { name: "topk", op: (x) => tf.square(tf.topk(x, 3).values), shapes: [[3, 2, 5]] },
  { name: "topk, places", op: (x) => tf.cast(tf.topk(x, 3).indices, "float32"), shapes: [[3, 5]], order: 0 },
  { name: "gatherND", op: (x) => tf.square(tf.gatherND(x, pairs)), shapes: [[3, 4, 2]] },
  {
    name: "scatterND, one place twice",
    op: (u) => tf.square(tf.scatterND(pairs, u, [3, 4, 2])),
    shapes: [[3, 2]],
  },
  {
    name: "scatterND into many places",
    op: (u) => tf.square(tf.scatterND(pairs, u, [30, 40, 2])),
    shapes: [[3, 2]],
  },
  {
    // The cpu backend writes into its first operand: it gets one of its own.
    name: "tensorScatterUpdate",
    op: (x, u) => tf.square(tf.tensorScatterUpdate(tf.mul(x, 2), tf.tensor2d([[2], [0]], [2, 1], "int32"), u)),
    shapes: [
      [3, 2],
      [2, 2],
    ],
  },
  {
    name: "sparseToDense",
    op: (u) => tf.sparseToDense(tf.tensor1d([4, 1, 2], "int32"), u, [6], tf.scalar(0.5)),
    shapes: [[3]],
    order: 0,
  },
  {
    name: "unsortedSegmentSum into many segments",
    op: (x) => tf.square(tf.unsortedSegmentSum(x, tf.tensor1d([299, -1, 299, 0], "int32"), 300)),
    shapes: [[4, 3]],
  },
  {
    name: "bincount with weights",
    op: (w) => tf.bincount(tf.tensor1d([1, 4, 1], "int32"), w as tf.Tensor1D, 6),
    shapes: [[3]],
    order: 0,
  },
  {
    name: "searchSorted",
    op: (x) => tf.cast(tf.searchSorted(tf.tensor2d([[-1, 0, 0.5, 2]]), tf.reshape(x, [1, 15]), "right"), "float32"),
    shapes: [[3, 5]],
    order: 0,
  },
  { name: "diag", op: (x) => tf.square(tf.diag(x)), shapes: [[4]] },
  { name: "flipLeftRight", op: (x) => tf.square(tf.image.flipLeftRight(as4d(x))), shapes: [image] },
  {
    name: "spaceToBatchND",
    op: (x) => tf.square(tf.spaceToBatchND(x, [2, 3], [[0, 0], [1, 0]])), // prettier-ignore
    shapes: [image],
  },
  {
    name: "batchToSpaceND",
    op: (x) => tf.square(tf.batchToSpaceND(x, [2, 3], [[0, 1], [1, 0]])), // prettier-ignore
    shapes: [[12, 2, 3, 2]],
  },
  {
    name: "fused conv2d",
    op: (x, w, b) =>
      tf.fused.conv2d({ x: as4d(x), filter: as4d(w), strides: 1, pad: "same", bias: b, activation: "relu6" }),
    shapes: [image, [3, 3, 3, 4], [4]],
    order: 0,
  },
  {
    name: "fused depthwiseConv2d",
    op: (x, w, b) =>
      tf.fused.depthwiseConv2d({ x: as4d(x), filter: as4d(w), strides: 2, pad: "same", bias: b, activation: "leakyrelu", leakyreluAlpha: 0.3 }), // prettier-ignore
    shapes: [image, [3, 3, 3, 2], [6]],
    order: 0,
  },
  {
    name: "fused matMul",
    op: (a, b, bias) => tf.fused.matMul({ a, b, transposeB: true, bias, activation: "elu" }),
    shapes: [[3, 4], [5, 4], [5]],
    order: 0,
  },
  ...(["bilinear", "nearest"] as const).flatMap((method): Row[] => [
    {
      name: `cropAndResize, ${method}`,
      op: (x) => tf.square(tf.image.cropAndResize(as4d(x), boxes, tf.tensor1d([0, 1], "int32"), [4, 3], method, 0.3)),
      shapes: [image],
    },
    ...(["constant", "reflect", "wrap", "nearest"] as const).map((mode) => ({
      name: `transform, ${method}, ${mode}`,
      op: (x: Tensor) => tf.square(tf.image.transform(as4d(x), turned, method, mode, 0.3)),
      shapes: [[1, 6, 8, 3]], // the cpu backend transforms the first image only
    })),
  ]),
  {
    name: "rotateWithOffset",
    op: (x) => tf.square(tf.image.rotateWithOffset(as4d(x), 0.6, [0.1, 0.2, 0.3], 0.4)),
    shapes: [image],
  },
  {
    name: "resizeNearestNeighbor",
    op: (x) => tf.square(tf.image.resizeNearestNeighbor(as4d(x), [12, 16])),
    shapes: [image],
  },
  { name: "resizeBilinear", op: (x) => tf.square(tf.image.resizeBilinear(as4d(x), [12, 16])), shapes: [image] },
  {
    name: "depthToSpace",
    op: (x) => tf.square(tf.depthToSpace(as4d(x), 2, "NHWC")),
    shapes: [[2, 3, 4, 8]],
    order: 1,
  },
  {
    name: "conv, bias, leakyRelu",
    op: (x, w, b) => tf.leakyRelu(tf.add(tf.conv2d(as4d(x), as4d(w), 2, "same"), b), 0.2),
    shapes: [[2, 4, 6, 16], [4, 4, 16, 16], [16]],
  },
  {
    name: "conv of few channels, bias, relu",
    op: (x, w, b) => tf.relu(tf.add(tf.conv2d(as4d(x), as4d(w), 2, "same"), b)),
    shapes: [[2, 4, 6, 3], [4, 4, 3, 16], [16]],
  },
  {
    name: "transposed conv, bias, relu",
    op: (x, w, b) => tf.relu(tf.add(tf.conv2dTranspose(as4d(x), as4d(w), [2, 8, 12, 16], 2, "same"), b)),
    shapes: [[2, 4, 6, 16], [4, 4, 16, 16], [16]],
  },
  {
    name: "transposed conv to few channels, bias, leakyRelu",
    op: (x, w, b) => tf.leakyRelu(tf.add(tf.conv2dTranspose(as4d(x), as4d(w), [2, 8, 12, 3], 2, "same"), b), 0.2),
    shapes: [[2, 4, 6, 16], [4, 4, 3, 16], [3]],
  },
  {
    name: "conv whose sum is used twice",
    op: (x, w, b) => {
      const y = tf.add(tf.conv2d(as4d(x), as4d(w), 2, "same"), b);
      return tf.mul(tf.relu(y), y);
    },
    shapes: [[2, 4, 6, 16], [4, 4, 16, 16], [16]],
  },
  {
    name: "norm of a conv layer",
    op: (x, w) => {
      const h = tf.leakyRelu(tf.conv2d(as4d(x), as4d(w), 2, "same"), 0.2);
      return tf.sub(h, tf.mean(h, [0, 1, 2]));
    },
    shapes: [
      [2, 4, 6, 16],
      [4, 4, 16, 16],
    ],
  },
];

const fill = (shape: readonly number[], key: string, positive = false): Tensor => {
  const data = stream(7, key).normal(0, new Float32Array(shape.reduce((a, b) => a * b, 1)));
  return tf.tensor(positive ? data.map((v) => Math.abs(v) + 0.5) : data, [...shape]);
};

/** Values, gradients, and gradients of the projected gradients, all read from the current backend. */
async function evaluateRow({ name, op, shapes, order = 2, positive }: Row): Promise<number[][]> {
  const inputs = shapes.map((shape, i) => fill(shape, `${name}/${i}`, positive));
  const y = op(...inputs);
  const wanted = [y];
  const weigh = (t: Tensor, key: string): Tensor => tf.sum(tf.mul(t, fill(t.shape, key)));
  const first = (...xs: Tensor[]): Tensor[] => tf.grads((...zs: Tensor[]) => weigh(op(...zs), "dy"))(xs);
  if (order >= 1) wanted.push(...first(...inputs));
  if (order >= 2) {
    // Ops that are linear in an input have no second gradient with respect to it alone; the square gives one.
    const second = (...xs: Tensor[]): tf.Scalar =>
      tf.addN<tf.Scalar>(first(...xs).map((g, i) => tf.add(weigh(g, `v${i}`), tf.sum(tf.square(g)))));
    wanted.push(...tf.grads((...xs: Tensor[]) => tf.add<tf.Scalar>(second(...xs), weigh(op(...xs), "dy")))(inputs));
  }
  return Promise.all(wanted.map(async (t) => Array.from(await t.data())));
}

describe.each([0, 16])("with blocks of %i channels", (block) => {
  let before: string | undefined;
  beforeAll(() => {
    before = tf.getBackend();
  });
  afterAll(() => (before === undefined ? undefined : tf.setBackend(before)));

  it.each(rows.map((row) => [row.name, row] as const))("%s equals the reference", async (_, row) => {
    await tf.setBackend("cpu");
    const expected = await evaluateRow(row);
    await tf.setBackend(enableEvaluation({ block }));
    const received = await evaluateRow(row);
    expect(received.length).toBe(expected.length);
    received.forEach((values, i) => {
      const reference = expected[i];
      // Sums over many terms cancel, so a value near zero is only as exact as its largest neighbours are.
      const scale = Math.max(1, ...reference.map(Math.abs));
      expect(values).toBeAllclose(reference, 1e-4, 1e-5 * scale);
    });
  });
});
