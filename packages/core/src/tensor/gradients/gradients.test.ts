import { describe, expect, test } from "vitest";
import { checkGradients, pointOf, type GradientCheckOptions, type Point } from "../../testing/finite-differences.js";
import { logSoftmax } from "../ops/index.js";
import { tf, type Tensor } from "../tf.js";

await tf.setBackend("cpu");

type Fn = (...inputs: Tensor[]) => Tensor;

/** One row: a name, the op, where it is checked. The whole list of checks follows. */
interface Row extends GradientCheckOptions {
  readonly name: string;
  readonly op: Fn;
  readonly at: readonly Point[];
}

const row = (name: string, op: Fn, at: readonly Point[], options: GradientCheckOptions = {}): Row => ({
  name,
  op,
  at,
  ...options,
});

/** All values of `pointOf` moved into [low,high]. */
const within = (low: number, high: number, shape: readonly number[], salt = 0): Point => ({
  shape,
  values: Float32Array.from(pointOf(shape, salt).values, (u) => low + ((u + 1) / 2) * (high - low)),
});

const v = pointOf([2, 5]);
const between: Point = { shape: [5], values: [0.2, -0.4, 0, 0.4, -0.2] }; // v has odd multiples of 0.1
const positive = within(0.3, 2, [2, 5]);
const image = pointOf([2, 4, 6, 2]);
const int = (values: number[]): Tensor => tf.tensor1d(values, "int32");
const image4 = (x: Tensor): tf.Tensor4D => x as tf.Tensor4D;
const filter4 = (w: Tensor): tf.Tensor4D => w as tf.Tensor4D;
const SQRT_HALF = Math.SQRT1_2;

const ACTIVATIONS: Row[] = [
  row("relu", (x) => tf.square(tf.relu(x)), [v]),
  row("relu6", (x) => tf.square(tf.relu6(x)), [within(-3, 9, [3, 4])], { rtol: 2e-2 }),
  row("leakyRelu 0.2", (x) => tf.square(tf.leakyRelu(x, 0.2)), [v]),
  row("leakyRelu 0", (x) => tf.square(tf.leakyRelu(x, 0)), [v]),
  row("leakyRelu with a negative slope", (x) => tf.square(tf.leakyRelu(x, -0.5)), [v]),
  row("prelu", (x, a) => tf.square(tf.prelu(x, a)), [v, within(0.1, 0.9, [5])]),
  row("elu", (x) => tf.elu(x), [v]),
  row("selu", (x) => tf.selu(x), [v]),
  row("sigmoid", (x) => tf.sigmoid(x), [v]),
  row("tanh", (x) => tf.tanh(x), [v]),
  row("softplus", (x) => tf.softplus(x), [v]),
  row("logSigmoid", (x) => tf.logSigmoid(x), [v]),
  row("softmax", (x) => tf.softmax(x), [v]),
  row("logSoftmax", (x) => logSoftmax(x), [v]),
  row("gelu through erf", (x) => tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, SQRT_HALF))))), [v]),
];

const ELEMENTWISE: Row[] = [
  row("exp", (x) => tf.exp(x), [v]),
  row("log", (x) => tf.log(x), [positive]),
  row("log1p", (x) => tf.log1p(x), [positive]),
  row("expm1", (x) => tf.expm1(x), [v]),
  row("sin", (x) => tf.sin(x), [v]),
  row("cos", (x) => tf.cos(x), [v]),
  row("abs", (x) => tf.pow(tf.abs(x), 3), [v]),
  row("sqrt", (x) => tf.sqrt(x), [positive]),
  row("rsqrt", (x) => tf.rsqrt(x), [within(0.5, 2, [2, 5])]),
  row("square", (x) => tf.square(x), [v]),
  row("reciprocal", (x) => tf.reciprocal(x), [within(0.5, 2, [2, 5])]),
  row("pow of a tensor exponent", (a, b) => tf.pow(a, b), [within(0.5, 2, [2, 5]), within(-2, 3, [5], 1)]),
  row("pow 2 below zero", (a) => tf.pow(a, 2), [v]),
  row("add, sub, mul and div with broadcasting", (a, b) => tf.div(tf.mul(tf.add(a, b), tf.sub(a, b)), b), [
    v,
    within(0.7, 2, [2, 1]),
  ]),
  row("maximum with broadcasting", (a, b) => tf.square(tf.maximum(a, b)), [v, between]),
  row("minimum with broadcasting", (a, b) => tf.square(tf.minimum(a, b)), [v, between]),
  row("clipByValue", (x) => tf.square(tf.clipByValue(x, -0.41, 0.63)), [v]),
  row("squaredDifference with broadcasting", (a, b) => tf.squaredDifference(a, b), [v, pointOf([5], 1)]),
  row("where with broadcasting", (a, b) => tf.where(tf.greater(a, 0), tf.square(a), tf.mul(tf.square(b), a)), [
    v,
    pointOf([5], 1),
  ]),
  row(
    "where on a condition that depends on the input",
    (x) => tf.where(tf.logicalNot(tf.logicalAnd(tf.less(x, 0.25), tf.greaterEqual(x, -0.55))), tf.square(x), tf.exp(x)),
    [v],
  ),
  row(
    "comparisons as factors",
    (x) =>
      tf.mul(
        tf.square(x),
        tf.cast(tf.logicalOr(tf.lessEqual(x, -0.33), tf.notEqual(tf.equal(x, 7), tf.greater(x, 0.44))), "float32"),
      ),
    [v],
  ),
  row("step and sign", (x) => tf.mul(tf.square(x), tf.add(tf.step(x), tf.sign(x))), [v]),
  row("mod", (a, b) => tf.square(tf.mod(a, b)), [within(0.1, 0.85, [2, 5]), within(1, 2, [5], 1)]),
  row("atan2", (a, b) => tf.atan2(a, b), [v, within(0.5, 2, [2, 5], 1)]),
  row("norm", (x) => tf.norm(x, "euclidean", 1), [v]),
];

const REDUCTIONS: Row[] = [
  row("sum", (x) => tf.square(tf.sum(x, 0)), [v]),
  row("sum, keeping dimensions", (x) => tf.square(tf.sum(x, 1, true)), [v]),
  row("sum of everything", (x) => tf.square(tf.sum(x)), [v]),
  row("mean", (x) => tf.square(tf.mean(x, [1, 2])), [image]),
  row("max", (x) => tf.square(tf.max(x, 1)), [v]),
  row("min, keeping dimensions", (x) => tf.square(tf.min(x, 0, true)), [v]),
  row("prod over the middle axes", (x) => tf.prod(x, [0, 2]), [pointOf([2, 2, 2])]),
  row("prod of everything", (x) => tf.prod(x), [pointOf([4])]),
  row("cumsum of the first axis", (x) => tf.square(tf.cumsum(x, 0)), [pointOf([3, 2, 2])]),
  row("cumsum, exclusive and reversed", (x) => tf.square(tf.cumsum(x, 1, true, true)), [v]),
  row("cumprod", (x) => tf.square(tf.cumprod(x, 1)), [within(0.5, 1.5, [2, 4])]),
  row("cumprod, exclusive and reversed, over the first axis", (x) => tf.square(tf.cumprod(x, 0, true, true)), [
    within(-1.5, 1.5, [4, 3]),
  ]),
  row("cumprod through a zero", (x) => tf.cumprod(x, 0), [{ shape: [4], values: [0.5, 0, -1.2, 0.8] }]),
  row("logSumExp", (x) => tf.logSumExp(x, 1), [v]),
  row("variance through moments", (x) => tf.moments(x, [0]).variance, [v]),
];

const PRODUCTS: Row[] = [
  ...[
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ].map(([ta, tb]) =>
    row(`matMul ${ta ? "A^T" : "A"} ${tb ? "B^T" : "B"}`, (a, b) => tf.matMul(a, b, ta, tb), [
      pointOf(ta ? [3, 2] : [2, 3]),
      pointOf(tb ? [2, 3] : [3, 2], 1),
    ]),
  ),
  row("batched matMul with broadcasting", (a, b) => tf.matMul(a, b), [pointOf([1, 2, 3]), pointOf([2, 3, 2], 1)]),
  row("einsum bij,bjk->bik", (a, b) => tf.einsum("bij,bjk->bik", a, b), [pointOf([2, 2, 3]), pointOf([2, 3, 2], 1)]),
  row("einsum ij->j", (a) => tf.square(tf.einsum("ij->j", a)), [pointOf([2, 3])]),
  row("einsum of one operand", (a) => tf.square(tf.einsum("ijk->ki", a)), [pointOf([2, 3, 2])]),
  row("gather of the first axis", (x) => tf.square(tf.gather(x, int([2, 0, 2]))), [pointOf([3, 2])]),
  row("gather of the last axis", (x) => tf.square(tf.gather(x, int([1, 1, 0]), -1)), [pointOf([2, 3])]),
  row(
    "gather with a batch dimension",
    (x) => tf.square(tf.gather(x, tf.tensor2d([2, 0, 1, 1], [2, 2], "int32"), 1, 1)),
    [pointOf([2, 3, 2])],
  ),
  row("unsortedSegmentSum", (x) => tf.square(tf.unsortedSegmentSum(x, int([1, -1, 1]) as tf.Tensor1D, 2)), [
    pointOf([3, 2]),
  ]),
];

const table = (values: number[], shape: [number, number]): tf.Tensor2D => tf.tensor2d(values, shape, "int32");

const INDEXING: Row[] = [
  row("gatherND of elements", (x) => tf.square(tf.gatherND(x, table([1, 0, 0, 2, 1, 0], [3, 2]))), [pointOf([2, 3])]),
  row("gatherND of rows", (x) => tf.square(tf.gatherND(x, table([2, 0, 2], [3, 1]))), [pointOf([3, 2])]),
  row("scatterND, one place twice", (u) => tf.square(tf.scatterND(table([1, 3, 1], [3, 1]), u, [4, 2])), [
    pointOf([3, 2]),
  ]),
  row("tensorScatterUpdate", (x, u) => tf.square(tf.tensorScatterUpdate(x, table([2, 0], [2, 1]), u)), [
    pointOf([3, 2]),
    pointOf([2, 2], 1),
  ]),
  row("scatterND along the first axis", (u) => tf.square(tf.scatterND(int([2, 0]), u, [3, 2])), [pointOf([2, 2])]),
  row("topk, values", (x) => tf.square(tf.topk(x, 3).values), [v]),
  row("topk of a vector", (x) => tf.square(tf.topk(x, 2).values), [pointOf([5])]),
  row("diag", (x) => tf.square(tf.diag(x)), [pointOf([3])]),
];

const REARRANGING: Row[] = [
  row("flipLeftRight", (x) => tf.square(tf.image.flipLeftRight(image4(x))), [image]),
  row("slice", (x) => tf.square(tf.slice(x, [1, 1], [1, 3])), [v]),
  row("stridedSlice", (x) => tf.square(tf.stridedSlice(x, [0, 1, 0, 0], [2, 4, 6, 2], [1, 2, 2, 1])), [image]),
  row("stridedSlice backwards", (x) => tf.square(tf.stridedSlice(x, [0, -1], [2, -5], [1, -2])), [v]),
  row("stridedSlice, dropping an axis", (x) => tf.square(tf.stridedSlice(x, [1, 1], [2, 4], [1, 1], 0, 0, 0, 0, 1)), [
    v,
  ]),
  row(
    "pad",
    (x) =>
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
    [v],
  ),
  row(
    "mirrorPad reflect",
    (x) =>
      tf.square(
        tf.mirrorPad(
          x,
          [
            [1, 0],
            [2, 1],
          ],
          "reflect",
        ),
      ),
    [pointOf([2, 4])],
  ),
  row(
    "mirrorPad reflect, with edges that do not meet",
    (x) =>
      tf.square(
        tf.mirrorPad(
          x,
          [
            [1, 1],
            [2, 3],
          ],
          "reflect",
        ),
      ),
    [pointOf([5, 7])],
  ),
  row(
    "mirrorPad symmetric",
    (x) =>
      tf.square(
        tf.mirrorPad(
          x,
          [
            [0, 2],
            [1, 3],
          ],
          "symmetric",
        ),
      ),
    [pointOf([2, 4])],
  ),
  row("concat", (a, b) => tf.square(tf.concat([a, b], 1)), [v, pointOf([2, 2], 1)]),
  row("split", (x) => tf.mul(tf.split(x, [2, 3], 1)[0], tf.slice(tf.square(tf.split(x, [2, 3], 1)[1]), [0, 1])), [v]),
  row("split into one", (x) => tf.square(tf.split(x, 1, 1)[0]), [v]),
  row("stack and unstack", (x) => tf.square(tf.stack([...tf.unstack(x, 1), ...tf.unstack(x, 1)], 0)), [v]),
  row("unstack of one", (x) => tf.square(tf.unstack(x, 0)[0]), [pointOf([1, 3])]),
  row("tile", (x) => tf.square(tf.tile(x, [2, 3])), [pointOf([2, 1])]),
  row("tile of rank 5", (x) => tf.square(tf.tile(x, [1, 2, 1, 3, 1])), [pointOf([1, 2, 1, 1, 2])]),
  row("broadcastTo", (x) => tf.square(tf.broadcastTo(x, [2, 3, 2])), [pointOf([3, 1])]),
  row("transpose", (x) => tf.square(tf.transpose(x, [2, 0, 1])), [pointOf([2, 3, 2])]),
  row("reverse", (x) => tf.square(tf.reverse(x, 1)), [v]),
  row("reshape and expandDims", (x) => tf.square(tf.expandDims(tf.reshape(x, [5, 2]), 1)), [v]),
  row("depthToSpace", (x) => tf.square(tf.depthToSpace(image4(x), 2)), [pointOf([1, 2, 3, 8])]),
  row(
    "spaceToBatchND",
    (x) =>
      tf.square(
        tf.spaceToBatchND(
          x,
          [2, 2],
          [
            [0, 0],
            [1, 1],
          ],
        ),
      ),
    [image],
  ),
  row(
    "batchToSpaceND",
    (x) =>
      tf.square(
        tf.batchToSpaceND(
          x,
          [2, 2],
          [
            [0, 0],
            [1, 0],
          ],
        ),
      ),
    [pointOf([4, 1, 2, 2])],
  ),
  row("clone, cast, addN", (x) => tf.addN([tf.square(x), tf.clone(x), tf.cast(x, "float32")]), [v]),
];

const conv =
  (strides: number, pad: Parameters<typeof tf.conv2d>[3], dilations = 1): Fn =>
  (x, w) =>
    tf.conv2d(image4(x), filter4(w), strides, pad, "NHWC", dilations);
const transposed =
  (shape: [number, number, number, number], strides: number, pad: "same" | "valid" | number): Fn =>
  (x, w) =>
    tf.conv2dTranspose(image4(x), filter4(w), shape, strides, pad);
const depth =
  (strides: number, pad: "same" | "valid", dilations = 1): Fn =>
  (x, w) =>
    tf.depthwiseConv2d(image4(x), filter4(w), strides, pad, "NHWC", dilations);
const volume =
  (strides: number, pad: "same" | "valid", dilations = 1): Fn =>
  (x, w) =>
    tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, strides, pad, "NDHWC", dilations);
const boxes = tf.tensor2d([0.1, 0.2, 0.9, 0.7, -0.3, 0.4, 0.8, 1.3], [2, 4]);
const turned = tf.tensor2d([0.8, -0.6, 1.1, 0.6, 0.8, -0.7, 0.01, 0.02], [1, 8]);
const cube = pointOf([1, 2, 3, 3, 2]);
const small = pointOf([1, 5, 4, 2]);
const filter = pointOf([3, 2, 2, 3], 1);

const IMAGES: Row[] = [
  row("conv2d same", conv(1, "same"), [small, filter]),
  row("conv2d valid, stride 2", conv(2, "valid"), [small, filter]),
  row("conv2d same, stride 2", conv(2, "same"), [small, filter]),
  row("conv2d padded by 1, stride 2", conv(2, 1), [small, filter]),
  row(
    "conv2d padded unevenly",
    conv(2, [
      [0, 0],
      [0, 2],
      [1, 0],
      [0, 0],
    ]),
    [small, filter],
  ),
  row("conv2d dilated by 2", conv(1, "same", 2), [small, filter]),
  row("conv2d through an activation", (x, w) => tf.tanh(conv(1, "same")(x, w)), [
    pointOf([1, 3, 3, 1]),
    pointOf([2, 2, 1, 2], 1),
  ]),
  row("conv2dTranspose same, stride 2", transposed([1, 4, 6, 2], 2, "same"), [
    pointOf([1, 2, 3, 1]),
    pointOf([4, 4, 2, 1], 1),
  ]),
  row("conv2dTranspose valid", transposed([1, 5, 5, 2], 2, "valid"), [pointOf([1, 2, 2, 2]), pointOf([3, 3, 2, 2], 1)]),
  row("conv2dTranspose padded by 1", transposed([1, 4, 4, 2], 2, 1), [pointOf([1, 2, 2, 1]), pointOf([4, 4, 2, 1], 1)]),
  row("conv2dTranspose through an activation", (x, w) => tf.tanh(transposed([1, 4, 4, 1], 2, "same")(x, w)), [
    pointOf([1, 2, 2, 1]),
    pointOf([4, 4, 1, 1], 1),
  ]),
  row("depthwiseConv2d same, stride 2", depth(2, "same"), [small, pointOf([3, 3, 2, 2], 1)]),
  row("depthwiseConv2d dilated by 2", depth(1, "valid", 2), [small, pointOf([2, 2, 2, 1], 1)]),
  row("depthwiseConv2d with two channels of each, stride 2", depth(2, "valid"), [small, pointOf([2, 2, 2, 2], 1)]),
  row("separableConv2d", (x, d, p) => tf.separableConv2d(image4(x), filter4(d), filter4(p), 1, "same"), [
    small,
    pointOf([3, 3, 2, 2], 1),
    pointOf([1, 1, 4, 3], 2),
  ]),
  row("conv3d same, stride 2", volume(2, "same"), [pointOf([1, 3, 4, 3, 2]), pointOf([2, 3, 2, 2, 2], 1)]),
  row("conv3d valid, dilated by 2", volume(1, "valid", 2), [pointOf([1, 3, 4, 3, 1]), pointOf([2, 2, 2, 1, 2], 1)]),
  row("conv3dTranspose", (x, w) => tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [1, 2, 4, 4, 1], 2, "same"), [
    pointOf([1, 1, 2, 2, 2]),
    pointOf([2, 3, 2, 1, 2], 1),
  ]),
  row("avgPool3d same, overlapping", (x) => tf.square(tf.avgPool3d(x as tf.Tensor5D, 2, 1, "same")), [cube]),
  row("maxPool3d", (x) => tf.square(tf.maxPool3d(x as tf.Tensor5D, 2, [1, 2, 1], "valid")), [cube]),
  row("maxPoolWithArgmax", (x) => tf.square(tf.maxPoolWithArgmax(image4(x), 2, 2, "same")["result"]), [image]),
  row(
    "dilation2d",
    (x, f) => tf.square(tf.dilation2d(image4(x), f as tf.Tensor3D, 1, "same")),
    [pointOf([1, 4, 3, 2]), { shape: [2, 2, 2], values: [0.013, 0.31, 0.127, -0.22, 0.071, 0.17, -0.093, 0.41] }],
    { step: 2e-3, rtol: 3e-2 },
  ),
  row("localResponseNormalization", (x) => tf.localResponseNormalization(image4(x), 1, 1, 0.7, 0.6), [
    pointOf([1, 2, 2, 4]),
  ]),
  row("cropAndResize", (x) => tf.square(tf.image.cropAndResize(image4(x), boxes, int([0, 1]) as tf.Tensor1D, [3, 2])), [
    pointOf([2, 3, 4, 1]),
  ]),
  row(
    "cropAndResize to the nearest",
    (x) => tf.square(tf.image.cropAndResize(image4(x), boxes, int([1, 1]) as tf.Tensor1D, [3, 2], "nearest", 0.7)),
    [pointOf([2, 3, 4, 1])],
  ),
  row("rotateWithOffset", (x) => tf.square(tf.image.rotateWithOffset(image4(x), 0.6, 0.5, 0.4)), [
    pointOf([2, 4, 3, 1]),
  ]),
  ...(["constant", "reflect", "wrap", "nearest"] as const).map((mode) =>
    row(`transform, ${mode}`, (x) => tf.square(tf.image.transform(image4(x), turned, "bilinear", mode, 0.3)), [
      pointOf([1, 4, 3, 2]), // the cpu backend transforms the first image only
    ]),
  ),
  row("avgPool 2x2", (x) => tf.square(tf.avgPool(image4(x), 2, 2, "valid")), [image]),
  row("avgPool 3x3 same, overlapping", (x) => tf.square(tf.avgPool(image4(x), 3, 2, "same")), [small]),
  row("avgPool valid, leaving a rest", (x) => tf.square(tf.avgPool(image4(x), 2, 2, "valid")), [small]),
  row("maxPool 2x2", (x) => tf.square(tf.maxPool(image4(x), 2, 2, "valid")), [image]),
  row("maxPool 3x2 same, overlapping", (x) => tf.square(tf.maxPool(image4(x), [3, 2], [2, 1], "same")), [small]),
  row("resizeBilinear to twice", (x) => tf.square(tf.image.resizeBilinear(image4(x), [4, 6])), [pointOf([2, 2, 3, 1])]),
  row("resizeBilinear from pixel centres", (x) => tf.square(tf.image.resizeBilinear(image4(x), [4, 6], false, true)), [
    pointOf([2, 2, 3, 1]),
  ]),
  row("resizeBilinear down, corners aligned", (x) => tf.square(tf.image.resizeBilinear(image4(x), [3, 2], true)), [
    pointOf([1, 5, 4, 2]),
  ]),
  row("resizeNearestNeighbor to twice", (x) => tf.square(tf.image.resizeNearestNeighbor(image4(x), [4, 6])), [
    pointOf([2, 2, 3, 1]),
  ]),
  row("resizeNearestNeighbor down", (x) => tf.square(tf.image.resizeNearestNeighbor(image4(x), [2, 3], false, true)), [
    pointOf([1, 5, 4, 2]),
  ]),
  row(
    "resizeNearestNeighbor, corners aligned",
    (x) => tf.square(tf.image.resizeNearestNeighbor(image4(x), [4, 7], true)),
    [pointOf([1, 2, 3, 1])],
  ),
  row(
    "upSampling by reshape and tile",
    (x) => tf.square(tf.reshape(tf.tile(tf.reshape(x, [2, 2, 1, 3, 1]), [1, 1, 2, 1, 2]), [2, 4, 6])),
    [pointOf([2, 2, 3])],
  ),
  row("batchNorm, the fused kernel", (x, m, s2, o, s) => tf.batchNorm(x, m, s2, o, s), [
    pointOf([1, 2, 2, 2]),
    pointOf([2], 1),
    within(0.5, 2, [2], 2),
    pointOf([2], 3),
    pointOf([2], 4),
  ]),
];

describe.each([
  ["activations", ACTIVATIONS],
  ["element-wise", ELEMENTWISE],
  ["reductions", REDUCTIONS],
  ["products", PRODUCTS],
  ["indexing", INDEXING],
  ["rearranging", REARRANGING],
  ["images", IMAGES],
])("%s: the tape agrees with central differences, first and second order", (_, rows) => {
  test.each(rows)("$name", ({ op, at, ...options }) => {
    expect(checkGradients(op, at, options)).toEqual([]);
  });
});
