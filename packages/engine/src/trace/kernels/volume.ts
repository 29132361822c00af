/** @file Convolutions and pooling in three dimensions: images NDHWC are turned to NCDHW, filters DHWIO to OIDHW. */
import { tf } from "@gan-arena/core";
import { sizeOf } from "@gan-arena/core/base";
import type { Value } from "../../graph/ir.js";
import { sliceAxis, transpose } from "./shape.js";
import { kernel, type KernelContext } from "./support.js";

const { backend_util: backendUtil } = tf;

type Volume = [number, number, number, number, number];
type Triple = [number, number, number];
type Conv3DInfo = tf.backend_util.Conv3DInfo;

const TO_NCDHW = [0, 4, 1, 2, 3];
const TO_NDHWC = [0, 2, 3, 4, 1];
const TO_OIDHW = [4, 3, 0, 1, 2];
/** Batch and channels change places: `[C,N,D,H,W]`. */
const TO_CNDHW = [4, 0, 1, 2, 3];

export function registerVolume(): void {
  kernel("Conv3D", (k) => {
    const [x, filter] = [k.input("x"), k.input("filter")];
    const info = convInfo(k, x.shape, filter.shape);
    const inputs = [transpose(k, x, TO_NCDHW), transpose(k, filter, TO_OIDHW)];
    return fromNcdhw(k, { op: "Conv3D", inputs, attributes: convAttributes(info) }, info.outShape);
  });
  kernel("Conv3DBackpropInputV2", (k) => {
    const [dy, filter] = [k.input("dy"), k.input("filter")];
    const inputShape = k.attrs["inputShape"] as Volume;
    const info = convInfo(k, inputShape, filter.shape);
    const inputs = [transpose(k, dy, TO_NCDHW), transpose(k, filter, TO_OIDHW)];
    const attributes = { ...convAttributes(info), outputPadding: unseen(info) };
    return fromNcdhw(k, { op: "ConvTranspose3D", inputs, attributes }, inputShape);
  });
  kernel("Conv3DBackpropFilterV2", (k) => {
    const [x, dy] = [k.input("x"), k.input("dy")];
    const filterShape = k.attrs["filterShape"] as Volume;
    const info = convInfo(k, x.shape, filterShape);
    // The convolution of images and gradients with batch and channels exchanged; strides become dilations.
    const { strides, dilations, pads } = convAttributes(info);
    const inputs = [transpose(k, x, TO_CNDHW), transpose(k, dy, TO_CNDHW)];
    const kernel = [info.outDepth, info.outHeight, info.outWidth];
    const taps = filterShape.slice(0, 3).map((size, i) => size + Math.floor(unseen(info)[i] / dilations[i]));
    const attributes = { strides: dilations, dilations: strides, pads, kernel };
    const shape = [info.inChannels, info.outChannels, ...taps];
    const full = k.make({ op: "Conv3D", inputs, attributes, shape });
    // Places that the strided convolution did not look at give taps past the kernel.
    const exact = [0, 1, 2].reduce((y, i) => sliceAxis(k, y, { axis: i + 2, start: 0, stop: filterShape[i] }), full);
    return transpose(k, exact, [2, 3, 4, 0, 1]);
  });
  for (const [name, op] of [
    ["MaxPool3D", "MaxPool3D"],
    ["AvgPool3D", "AveragePool3D"],
  ] as const)
    kernel(name, (k) => {
      const x = k.input("x");
      const info = backendUtil.computePool3DInfo(
        x.shape as Volume, k.attrs["filterSize"] as Triple, k.attrs["strides"] as Triple, 1,
        k.attrs["pad"] as number, k.attrs["dimRoundingMode"] as "floor" | undefined, "NDHWC",
      ); // prettier-ignore
      // A window that is larger than the volume sees nothing.
      if (sizeOf(info.outShape) === 0) return k.backend.graph.splat(0, info.outShape);
      const { strides, pads } = convAttributes(info);
      const attributes = { strides, pads, kernel: [info.filterDepth, info.filterHeight, info.filterWidth] };
      return fromNcdhw(k, { op, inputs: [transpose(k, x, TO_NCDHW)], attributes }, info.outShape);
    });
}

const convInfo = (k: KernelContext, shape: readonly number[], filterShape: readonly number[]): Conv3DInfo =>
  backendUtil.computeConv3DInfo(
    shape as Volume, filterShape as Volume, k.attrs["strides"] as Triple, (k.attrs["dilations"] as Triple | undefined) ?? 1,
    k.attrs["pad"] as "same",
  ); // prettier-ignore

interface ConvAttributes {
  readonly strides: Triple;
  readonly dilations: Triple;
  /** front, top, left, back, bottom, right */
  readonly pads: readonly number[];
  readonly kernel: Triple;
}

function convAttributes(info: Conv3DInfo): ConvAttributes & Record<string, readonly number[]> {
  const { front, top, left, back, bottom, right } = info.padInfo;
  return {
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    pads: [front, top, left, back, bottom, right],
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
  };
}

/** Places at the far end of each axis that a strided convolution did not look at: their gradient is zero. */
function unseen(info: Conv3DInfo): Triple {
  const { strides, dilations, pads, kernel } = convAttributes(info);
  const [inputs, outputs] = [
    [info.inDepth, info.inHeight, info.inWidth],
    [info.outDepth, info.outHeight, info.outWidth],
  ];
  return [0, 1, 2].map((i) => {
    const seen = (outputs[i] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
    return inputs[i] + pads[i] + pads[i + 3] - seen;
  }) as Triple;
}

interface OnNcdhw {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Readonly<Record<string, readonly number[]>>;
}

/** @param shape of the result, `[N,D,H,W,C]` */
const fromNcdhw = (k: KernelContext, request: OnNcdhw, shape: readonly number[]): Value =>
  transpose(k, k.make({ ...request, shape: TO_NCDHW.map((axis) => shape[axis]) }), TO_NDHWC);
