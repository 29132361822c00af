/**
 * @file Convolutions and their two gradients, in two and three dimensions. The three kernels are linear in each operand and
 * each is the gradient of the other two, so they are closed under differentiation.
 *
 * A filter dilated by d is the same filter with d - 1 zeros between its taps; the gradient kernels know no dilation.
 */
import * as tf from "@tensorflow/tfjs";
import { gradientOf, kernel } from "./registry.js";
import { spread } from "./rearranging.js";

type Extents = number | number[] | undefined;

interface ConvAttrs {
  readonly strides: Extents;
  readonly pad: unknown;
  readonly dataFormat?: string;
  readonly dimRoundingMode?: string;
  readonly dilations?: Extents;
}

/** Names of the kernels of one family, and the number of dimensions of its images. */
interface Family {
  readonly forward: string;
  readonly backInput: string;
  readonly backFilter: string;
  readonly dimensions: 2 | 3;
}

const dense: Family = {
  forward: tf.Conv2D,
  backInput: tf.Conv2DBackpropInput,
  backFilter: tf.Conv2DBackpropFilter,
  dimensions: 2,
};
const depthwise: Family = {
  forward: tf.DepthwiseConv2dNative,
  backInput: tf.DepthwiseConv2dNativeBackpropInput,
  backFilter: tf.DepthwiseConv2dNativeBackpropFilter,
  dimensions: 2,
};
const volumes: Family = {
  forward: tf.Conv3D,
  backInput: tf.Conv3DBackpropInputV2,
  backFilter: tf.Conv3DBackpropFilterV2,
  dimensions: 3,
};

const extents = (value: Extents, dimensions: number): number[] =>
  typeof value === "object" ? value : Array.from({ length: dimensions }, () => value ?? 1);

const inflate = (filter: tf.Tensor, steps: readonly number[]): tf.Tensor =>
  steps.reduce(
    (result, step, axis) => spread(result, { axis, begin: 0, step, extent: (result.shape[axis] - 1) * step + 1 }),
    filter,
  );

function deflate(filter: tf.Tensor, steps: readonly number[]): tf.Tensor {
  if (steps.every((step) => step === 1)) return filter;
  const begin = filter.shape.map(() => 0);
  return tf.stridedSlice(filter, begin, filter.shape, [...steps, 1, 1]);
}

function familyGradients({ forward, backInput, backFilter, dimensions }: Family): tf.GradConfig[] {
  /** The attributes that all kernels of a family share, without dilation. */
  const common = ({ strides, pad, dataFormat, dimRoundingMode }: ConvAttrs): ConvAttrs => ({
    strides,
    pad,
    dataFormat: dataFormat ?? (dimensions === 2 ? "NHWC" : "NDHWC"),
    ...(dimRoundingMode === undefined || dimRoundingMode === null ? {} : { dimRoundingMode }),
    dilations: extents(1, dimensions),
  });
  const convolve = (x: tf.Tensor, filter: tf.Tensor, attrs: ConvAttrs): tf.Tensor =>
    kernel(forward, { x, filter }, common(attrs));
  const toInput = (dy: tf.Tensor, filter: tf.Tensor, attrs: ConvAttrs & { inputShape: number[] }): tf.Tensor =>
    kernel(backInput, { dy, filter }, { ...common(attrs), inputShape: attrs.inputShape });
  const toFilter = (x: tf.Tensor, dy: tf.Tensor, attrs: ConvAttrs & { filterShape: number[] }): tf.Tensor =>
    kernel(backFilter, { x, dy }, { ...common(attrs), filterShape: attrs.filterShape });

  return [
    gradientOf<ConvAttrs>(forward, { inputs: ["x", "filter"] }, (dy, [x, filter], attrs) => {
      const dilations = extents(attrs.dilations, dimensions);
      return {
        x: () => toInput(dy, inflate(filter, dilations), { ...attrs, inputShape: x.shape }),
        filter: () => {
          const filterShape = filter.shape.map((size, i) => (i < dimensions ? (size - 1) * dilations[i] + 1 : size));
          return deflate(toFilter(x, dy, { ...attrs, filterShape }), dilations);
        },
      };
    }),
    gradientOf<ConvAttrs>(backInput, { inputs: ["dy", "filter"] }, (ddx, [dy, filter], attrs) => ({
      dy: () => convolve(ddx, filter, attrs),
      filter: () => toFilter(ddx, dy, { ...attrs, filterShape: filter.shape }),
    })),
    gradientOf<ConvAttrs>(backFilter, { inputs: ["x", "dy"] }, (ddFilter, [x, dy], attrs) => ({
      x: () => toInput(dy, ddFilter, { ...attrs, inputShape: x.shape }),
      dy: () => convolve(x, ddFilter, attrs),
    })),
  ];
}

export const convolutionGradients = [dense, depthwise, volumes].flatMap(familyGradients);
