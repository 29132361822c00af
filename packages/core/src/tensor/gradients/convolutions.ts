/**
 * @file Convolutions and their two gradients. The three kernels are linear in each operand and each is the gradient of
 * the other two, so they are closed under differentiation.
 *
 * A filter dilated by d is the same filter with d - 1 zeros between its taps; the gradient kernels know no dilation.
 */
import * as tf from "@tensorflow/tfjs";
import { gradientOf, kernel } from "./registry.js";
import { spread } from "./rearranging.js";

type Pair = number | [number, number] | undefined;

interface ConvAttrs {
  readonly strides: Pair;
  readonly pad: unknown;
  readonly dataFormat?: string;
  readonly dimRoundingMode?: string;
  readonly dilations?: Pair;
}

/** Names of the kernels of one family. */
interface Family {
  readonly forward: string;
  readonly backInput: string;
  readonly backFilter: string;
}

const dense: Family = { forward: tf.Conv2D, backInput: tf.Conv2DBackpropInput, backFilter: tf.Conv2DBackpropFilter };
const depthwise: Family = {
  forward: tf.DepthwiseConv2dNative,
  backInput: tf.DepthwiseConv2dNativeBackpropInput,
  backFilter: tf.DepthwiseConv2dNativeBackpropFilter,
};

const pair = (value: Pair): [number, number] => (typeof value === "object" ? value : [value ?? 1, value ?? 1]);

const inflate = (filter: tf.Tensor, dilations: Pair): tf.Tensor =>
  pair(dilations).reduce(
    (result, step, axis) => spread(result, { axis, begin: 0, step, extent: (result.shape[axis] - 1) * step + 1 }),
    filter,
  );

function deflate(filter: tf.Tensor, dilations: Pair): tf.Tensor {
  const [dh, dw] = pair(dilations);
  if (dh === 1 && dw === 1) return filter;
  return tf.stridedSlice(filter, [0, 0, 0, 0], filter.shape, [dh, dw, 1, 1]);
}

/** The attributes that all kernels of a family share, without dilation. */
const common = ({ strides, pad, dataFormat, dimRoundingMode }: ConvAttrs): ConvAttrs => ({
  strides,
  pad,
  dataFormat: dataFormat ?? "NHWC",
  ...(dimRoundingMode === undefined || dimRoundingMode === null ? {} : { dimRoundingMode }),
  dilations: [1, 1],
});

function familyGradients({ forward, backInput, backFilter }: Family): tf.GradConfig[] {
  const convolve = (x: tf.Tensor, filter: tf.Tensor, attrs: ConvAttrs): tf.Tensor =>
    kernel(forward, { x, filter }, common(attrs));
  const toInput = (dy: tf.Tensor, filter: tf.Tensor, attrs: ConvAttrs & { inputShape: number[] }): tf.Tensor =>
    kernel(backInput, { dy, filter }, { ...common(attrs), inputShape: attrs.inputShape });
  const toFilter = (x: tf.Tensor, dy: tf.Tensor, attrs: ConvAttrs & { filterShape: number[] }): tf.Tensor =>
    kernel(backFilter, { x, dy }, { ...common(attrs), filterShape: attrs.filterShape });

  return [
    gradientOf<ConvAttrs>(forward, { inputs: ["x", "filter"] }, (dy, [x, filter], attrs) => ({
      x: () => toInput(dy, inflate(filter, attrs.dilations), { ...attrs, inputShape: x.shape }),
      filter: () => {
        const [dh, dw] = pair(attrs.dilations);
        const [kh, kw, ...channels] = filter.shape as [number, number, number, number];
        const filterShape = [(kh - 1) * dh + 1, (kw - 1) * dw + 1, ...channels];
        return deflate(toFilter(x, dy, { ...attrs, filterShape }), attrs.dilations);
      },
    })),
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

export const convolutionGradients = [...familyGradients(dense), ...familyGradients(depthwise)];
